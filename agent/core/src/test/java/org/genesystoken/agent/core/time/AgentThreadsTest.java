package org.genesystoken.agent.core.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.security.AccessControlContext;
import java.security.AccessController;
import java.security.DomainCombiner;
import java.security.PrivilegedAction;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class AgentThreadsTest {
  private final AgentThreads threads = new AgentThreads();

  @Test
  void a_thread_holds_nothing_of_the_app_that_needed_it_first() throws Exception {
    ThreadGroup ofTheApp = new ThreadGroup("app");
    CompletableFuture<Thread> worker = new CompletableFuture<>();
    CompletableFuture<Thread> timer = new CompletableFuture<>();
    Thread app =
        new Thread(
            ofTheApp,
            () -> {
              threads.execute(() -> worker.complete(Thread.currentThread()));
              threads.schedule(() -> timer.complete(Thread.currentThread()), 0);
            },
            "app");
    app.setContextClassLoader(new ClassLoader(null) {});
    app.start();

    for (CompletableFuture<Thread> future : Arrays.asList(worker, timer)) {
      Thread thread = future.get(10, TimeUnit.SECONDS);
      assertThat(thread.getName()).isEqualTo("genesys-token-agent");
      assertThat(thread.isDaemon()).isTrue();
      assertThat(thread.getContextClassLoader()).isNull();
      assertThat(thread.getThreadGroup().getParent()).isNull();
    }
  }

  @Test
  void a_thread_inherits_no_thread_locals_where_the_jdk_allows_it() throws Exception {
    assumeThat(System.getProperty("java.specification.version")).isNotEqualTo("1.8");
    InheritableThreadLocal<String> local = new InheritableThreadLocal<>();
    local.set("of the app");
    CompletableFuture<String> seen = new CompletableFuture<>();

    threads.execute(() -> seen.complete(String.valueOf(local.get())));

    assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo("null");
  }

  @Test
  void a_thread_keeps_no_access_control_context_of_the_app() throws Exception {
    // given an app's context that can be told from all others
    DomainCombiner ofTheApp = (current, assigned) -> current;
    AccessControlContext context =
        new AccessControlContext(AccessController.getContext(), ofTheApp);
    CompletableFuture<DomainCombiner> worker = new CompletableFuture<>();

    // when that app needs the first thread
    AccessController.doPrivileged(
        (PrivilegedAction<Void>)
            () -> {
              threads.execute(
                  () -> worker.complete(AccessController.getContext().getDomainCombiner()));
              return null;
            },
        context);

    // then
    assertThat(worker.get(10, TimeUnit.SECONDS)).isNull();
  }

  @Test
  void a_task_that_blocks_holds_up_no_other() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CompletableFuture<Boolean> other = new CompletableFuture<>();
    try {
      threads.execute(() -> awaitQuietly(release));
      threads.schedule(() -> threads.execute(() -> other.complete(true)), 1_000_000);

      assertThat(other.get(10, TimeUnit.SECONDS)).isTrue();
    } finally {
      release.countDown();
    }
  }

  @Test
  void thousands_of_calls_that_go_on_at_once_take_few_threads() throws Exception {
    Set<Thread> seen = ConcurrentHashMap.newKeySet();
    CountDownLatch all = new CountDownLatch(10_000);
    for (int i = 0; i < 10_000; i++) {
      threads.resume(
          () -> {
            seen.add(Thread.currentThread());
            all.countDown();
          });
    }

    assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
    // and one more wherever the machine has stood still meanwhile
    assertThat(seen).hasSizeLessThan(20);
  }

  @Test
  void calls_that_block_or_fail_hold_up_no_other() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch others = new CountDownLatch(100);
    try {
      for (int i = 0; i < 20; i++) {
        threads.resume(
            () -> {
              awaitQuietly(release);
              throw new IllegalStateException("on purpose");
            });
      }
      for (int i = 0; i < 100; i++) {
        threads.resume(others::countDown);
      }

      assertThat(others.await(10, TimeUnit.SECONDS)).isTrue();
    } finally {
      release.countDown();
    }
    CompletableFuture<Boolean> later = new CompletableFuture<>();
    threads.resume(() -> later.complete(true));
    assertThat(later.get(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void calls_that_take_their_time_do_not_make_the_others_wait_for_all_of_them() throws Exception {
    // 4 threads would take 50 s
    CountDownLatch all = new CountDownLatch(1_000);
    for (int i = 0; i < 1_000; i++) {
      threads.resume(
          () -> {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            all.countDown();
          });
    }

    assertThat(all.await(15, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void a_call_that_is_interrupted_does_not_interrupt_the_next() throws Exception {
    Set<Boolean> seen = ConcurrentHashMap.newKeySet();
    CountDownLatch all = new CountDownLatch(1_000);
    for (int i = 0; i < 1_000; i++) {
      threads.resume(
          () -> {
            seen.add(Thread.currentThread().isInterrupted());
            Thread.currentThread().interrupt();
            all.countDown();
          });
    }

    assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(seen).containsExactly(false);
  }

  @Test
  void calls_go_on_where_no_further_thread_is_to_be_had() throws Exception {
    for (int most = 0; most < 3; most++) {
      // given a machine that has so many threads, for the clock too
      Semaphore left = new Semaphore(most);
      AgentThreads few =
          new AgentThreads(
              task -> {
                if (!left.tryAcquire()) {
                  throw new OutOfMemoryError("unable to create native thread");
                }
                return new Thread(task, "few");
              });
      CountDownLatch all = new CountDownLatch(1_000);
      ExecutorService callers = Executors.newFixedThreadPool(4);

      // when
      for (int i = 0; i < 1_000; i++) {
        callers.execute(() -> few.resume(all::countDown));
      }

      // then
      assertThat(all.await(10, TimeUnit.SECONDS)).as("%s threads", most).isTrue();
      callers.shutdown();
      few.close();
    }
  }

  @Test
  void a_call_that_has_waited_goes_on_under_the_context_class_loader_that_it_had()
      throws Exception {
    ClassLoader ofTheApp = new ClassLoader(null) {};
    CompletableFuture<ClassLoader> seen = new CompletableFuture<>();
    CompletableFuture<ClassLoader> after = new CompletableFuture<>();
    Thread app =
        new Thread(
            () ->
                new Resumption(
                        threads,
                        () -> seen.complete(Thread.currentThread().getContextClassLoader()))
                    .go());
    app.setContextClassLoader(ofTheApp);
    app.start();

    assertThat(seen.get(10, TimeUnit.SECONDS)).isSameAs(ofTheApp);
    threads.resume(() -> after.complete(Thread.currentThread().getContextClassLoader()));
    assertThat(after.get(10, TimeUnit.SECONDS)).isNull();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void a_cancelled_task_does_not_run() throws Exception {
    CompletableFuture<String> first = new CompletableFuture<>();
    Scheduler.Cancellable cancelled =
        threads.schedule(() -> first.complete("cancelled"), TimeUnit.MILLISECONDS.toNanos(50));
    cancelled.cancel();
    threads.schedule(() -> first.complete("other"), TimeUnit.MILLISECONDS.toNanos(100));

    assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo("other");
  }
}

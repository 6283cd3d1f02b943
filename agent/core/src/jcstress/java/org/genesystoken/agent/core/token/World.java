package org.genesystoken.agent.core.token;

import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.genesystoken.agent.core.config.Secret;
import org.genesystoken.agent.core.endpoint.TokenEndpoint;
import org.genesystoken.agent.core.endpoint.TokenRequestException;
import org.genesystoken.agent.core.endpoint.TokenResponse;
import org.genesystoken.agent.core.time.Clock;
import org.genesystoken.agent.core.time.Scheduler;
import org.slf4j.helpers.NOPLogger;

/**
 * A token manager with nothing of the real world around it: time stands still unless a test moves
 * it, and the agent's thread and timer are those of the test's actors that say so.
 */
final class World implements Clock, Scheduler, TokenEndpoint {
  static final String FIRST = "Bearer 1";
  static final String SECOND = "Bearer 2";

  private static final Random RANDOM = new Random(1);

  final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  final AtomicInteger requests = new AtomicInteger();
  final TokenManager manager;
  boolean failing;

  /** The thread that flies the newer of two flights, and the header of the token that it got. */
  volatile Thread newer;

  volatile String newest;
  private final Queue<Alarm> alarms = new ConcurrentLinkedQueue<>();
  private volatile long nanos;
  private volatile long asleepNanos;

  World() {
    this(3_600_000);
  }

  /**
   * @param waitMillis real time, as a thread that waits is a real one
   */
  World(long waitMillis) {
    manager =
        new TokenManager(
            this,
            this,
            this,
            RANDOM,
            waitMillis,
            20_000,
            -1,
            null,
            new Reports(NOPLogger.NOP_LOGGER, "", this),
            new Counters());
  }

  /** With a first token that is in use. */
  static World live() {
    World world = new World();
    world.manager.headerNow();
    world.work();
    world.manager.headerNow();
    return world;
  }

  /** With a second token, which has replaced a refused one and that nothing is known of. */
  static World inDoubt() {
    World world = live();
    world.renew(FIRST);
    world.work();
    return world;
  }

  /** With a second token that nobody has used up to its soft point. */
  static World idle() {
    World world = inDoubt();
    world.pass(55 * 60);
    world.alarms();
    return world;
  }

  CompletableFuture<Boolean> renew(String refused) {
    return manager.renewAsync(refused, true, Long.MAX_VALUE).toCompletableFuture();
  }

  /** 1: replay, 0: pass the refusal on, -1: not answered. */
  static int answer(CompletableFuture<Boolean> renewal) {
    return renewal == null || !renewal.isDone() ? -1 : renewal.join() ? 1 : 0;
  }

  /** The agent's thread: does what there is to do. */
  void work() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** The agent's timer: runs what is due. */
  void alarms() {
    for (Alarm alarm : alarms) {
      if (alarm.at - nanos <= 0 && alarms.remove(alarm)) {
        alarm.task.run();
      }
    }
  }

  /** Before the actors start, or after they have ended. */
  void pass(long seconds) {
    nanos += TimeUnit.SECONDS.toNanos(seconds);
  }

  /** The machine sleeps: only the wall clock sees it. */
  void suspend(long seconds) {
    asleepNanos += TimeUnit.SECONDS.toNanos(seconds);
  }

  @Override
  public TokenResponse request() throws TokenRequestException {
    int number = requests.incrementAndGet();
    if (failing) {
      throw TokenRequestException.permanent("", "");
    }
    if (newer == Thread.currentThread()) {
      newest = "Bearer " + number;
    }
    return new TokenResponse(new Secret(String.valueOf(number)), 3_600_000);
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public long currentTimeMillis() {
    return TimeUnit.NANOSECONDS.toMillis(nanos + asleepNanos);
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public void resume(Runnable task) {
    execute(task);
  }

  @Override
  public Cancellable schedule(Runnable task, long delayNanos) {
    Alarm alarm = new Alarm(task, nanos + delayNanos);
    alarms.add(alarm);
    return () -> alarms.remove(alarm);
  }

  private static final class Alarm {
    final Runnable task;
    final long at;

    Alarm(Runnable task, long at) {
      this.task = task;
      this.at = at;
    }
  }
}

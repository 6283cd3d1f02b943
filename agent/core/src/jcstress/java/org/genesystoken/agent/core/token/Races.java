package org.genesystoken.agent.core.token;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.LI_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * The races of the flight, of the snapshot, of threads that wait and of the breaker, run a million
 * times and more together, each on a fresh manager ({@link RaceCount} says how often). A result
 * reads: token requests, then what each caller was answered (1: replay, 0: no token, -1: it hangs).
 * Two actors each, as jcstress runs no test that has more of them than the machine has processors.
 */
public final class Races {
  /** Real time: none that is woken waits for so long. */
  private static final long PATIENT_MILLIS = 20_000;

  private Races() {}

  @JCStressTest
  @Outcome(
      id = "1, 1, 1",
      expect = ACCEPTABLE,
      desc = "one flight for both, however early it lands")
  @Outcome(expect = FORBIDDEN)
  @State
  public static class ColdCallers {
    private final World world = new World();
    private CompletableFuture<Boolean> one;
    private CompletableFuture<Boolean> two;

    @Actor
    public void caller() {
      one = world.renew(null);
    }

    @Actor
    public void otherAndAgent() {
      two = world.renew(null);
      world.work();
    }

    @Arbiter
    public void end(III_Result result) {
      world.work();
      result.r1 = world.requests.get();
      result.r2 = World.answer(one);
      result.r3 = World.answer(two);
    }
  }

  @JCStressTest
  @Outcome(
      id = "2, 1, 1",
      expect = ACCEPTABLE,
      desc = "one request replaces the token, both replay")
  @Outcome(expect = FORBIDDEN)
  @State
  public static class RefusalsOfOneGeneration {
    private final World world = World.live();
    private CompletableFuture<Boolean> one;
    private CompletableFuture<Boolean> two;

    @Actor
    public void caller() {
      one = world.renew(World.FIRST);
    }

    @Actor
    public void otherAndAgent() {
      two = world.renew(World.FIRST);
      world.work();
    }

    @Arbiter
    public void end(III_Result result) {
      world.work();
      result.r1 = world.requests.get();
      result.r2 = World.answer(one);
      result.r3 = World.answer(two);
    }
  }

  @JCStressTest
  @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "the renewal ahead serves the refused call too")
  @Outcome(expect = FORBIDDEN)
  @State
  public static class RefusalAndRenewalAhead {
    private final World world = World.live();
    private CompletableFuture<Boolean> one;

    public RefusalAndRenewalAhead() {
      world.pass(55 * 60);
    }

    @Actor
    public void caller() {
      one = world.renew(World.FIRST);
    }

    @Actor
    public void timerAndAgent() {
      world.alarms();
      world.work();
    }

    @Arbiter
    public void end(II_Result result) {
      world.work();
      result.r1 = world.requests.get();
      result.r2 = World.answer(one);
    }
  }

  @JCStressTest
  @Outcome(id = "Bearer 1, Bearer 1", expect = ACCEPTABLE, desc = "before")
  @Outcome(id = "Bearer 1, Bearer 2", expect = ACCEPTABLE, desc = "meanwhile")
  @Outcome(id = "Bearer 2, Bearer 2", expect = ACCEPTABLE, desc = "after")
  @Outcome(expect = FORBIDDEN, desc = "no token for a moment, or the older one after the newer")
  @State
  public static class SnapshotOfRequests {
    private final World world = World.live();

    public SnapshotOfRequests() {
      world.renew(World.FIRST);
    }

    @Actor
    public void request(LL_Result result) {
      result.r1 = world.manager.headerNow();
      result.r2 = world.manager.headerNow();
    }

    @Actor
    public void agent() {
      world.work();
    }
  }

  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the newer token stays, its caller has it")
  @Outcome(expect = FORBIDDEN)
  @State
  public static class LateResult {
    private final World world = new World();
    private final Runnable late;
    private final Runnable newer;
    private final CompletableFuture<Boolean> caller;

    public LateResult() {
      // the first flight is given up while its call is under way, and a second one starts;
      // whichever
      // asks first gets token 1
      world.renew(null);
      late = world.tasks.remove();
      world.pass(21);
      world.alarms();
      world.work();
      world.pass(1);
      caller = world.renew(null);
      newer = world.tasks.remove();
    }

    @Actor
    public void first() {
      late.run();
    }

    @Actor
    public void second() {
      world.newer = Thread.currentThread();
      newer.run();
    }

    @Arbiter
    public void end(II_Result result) {
      world.work();
      result.r1 = world.newest.equals(world.manager.headerNow()) ? 1 : 0;
      result.r2 = World.answer(caller);
    }
  }

  @JCStressTest
  @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "all are released, nobody asks again")
  @Outcome(expect = FORBIDDEN)
  @State
  public static class FailureAndOneWhoComes {
    private final World world = new World();
    private final CompletableFuture<Boolean> one;
    private CompletableFuture<Boolean> two;

    public FailureAndOneWhoComes() {
      world.failing = true;
      one = world.renew(null);
    }

    @Actor
    public void agent() {
      world.work();
    }

    @Actor
    public void caller() {
      two = world.renew(null);
    }

    @Arbiter
    public void end(III_Result result) {
      world.work();
      result.r1 = world.requests.get();
      result.r2 = World.answer(one);
      result.r3 = World.answer(two);
    }
  }

  @JCStressTest
  @Outcome(id = "3, 1, 1", expect = ACCEPTABLE, desc = "both carry the token, one renewal")
  @Outcome(expect = FORBIDDEN)
  @State
  public static class IdleTokenThatIsWoken {
    private final World world = World.idle();
    private String one;
    private String two;

    @Actor
    public void request() {
      one = world.manager.headerNow();
    }

    @Actor
    public void otherAndAgent() {
      two = world.manager.headerNow();
      world.work();
    }

    @Arbiter
    public void end(III_Result result) {
      world.work();
      result.r1 = world.requests.get();
      result.r2 = one == null ? 0 : 1;
      result.r3 = two == null ? 0 : 1;
    }
  }

  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "who waited is released, no token after it")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the token came first")
  @Outcome(expect = FORBIDDEN)
  @State
  public static class TheEnd {
    private final World world = new World();
    private CompletableFuture<Boolean> one;

    @Actor
    public void callerAndAgent() {
      one = world.renew(null);
      world.work();
    }

    @Actor
    public void closer() {
      world.manager.close();
    }

    @Arbiter
    public void end(II_Result result) {
      world.work();
      result.r1 = World.answer(one);
      result.r2 = world.manager.headerNow() == null ? 0 : 1;
    }
  }

  @JCStressTest
  @Outcome(id = "null", expect = ACCEPTABLE, desc = "the token has died while the machine slept")
  @Outcome(expect = FORBIDDEN)
  @State
  public static class RequestAndAlarmAfterSuspension {
    private final World world = World.live();

    public RequestAndAlarmAfterSuspension() {
      world.suspend(2 * 3600);
      world.pass(10);
    }

    @Actor
    public void request(L_Result result) {
      result.r1 = world.manager.headerNow();
    }

    @Actor
    public void timer() {
      world.alarms();
    }
  }

  @JCStressTest
  @Outcome(id = "Bearer 1, 1", expect = ACCEPTABLE, desc = "it goes on as soon as there is a token")
  @Outcome(expect = FORBIDDEN, desc = "nobody woke it")
  @State
  public static class WaitingThreadAndTheEndOfItsFlight {
    private final World world = new World(PATIENT_MILLIS);

    public WaitingThreadAndTheEndOfItsFlight() {
      world.renew(null);
    }

    @Actor
    public void caller(LI_Result result) {
      long start = System.nanoTime();
      result.r1 = world.manager.header(Long.MAX_VALUE);
      result.r2 = inTime(start);
    }

    @Actor
    public void agent() {
      world.work();
    }
  }

  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "it goes on, and its flag is kept")
  @Outcome(expect = FORBIDDEN)
  @State
  public static class WaitingThreadThatIsInterrupted {
    private final World world = new World(PATIENT_MILLIS);
    private volatile Thread waiting;
    private volatile boolean interrupted;

    @Actor
    public void caller(II_Result result) {
      waiting = Thread.currentThread();
      long start = System.nanoTime();
      world.manager.header(Long.MAX_VALUE);
      result.r1 = inTime(start);
      while (!interrupted) {
        // so that no other test gets the interrupt
        Thread.yield();
      }
      result.r2 = Thread.interrupted() ? 1 : 0;
    }

    @Actor
    public void other() {
      while (waiting == null) {
        Thread.yield();
      }
      waiting.interrupt();
      interrupted = true;
    }
  }

  @JCStressTest
  @Outcome(
      id = "0, 1",
      expect = ACCEPTABLE,
      desc = "its time was up, the token is for the next one")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the token came in time")
  @Outcome(expect = FORBIDDEN)
  @State
  public static class WaitingThreadWhoseTimeIsUp {
    private final World world = new World(PATIENT_MILLIS);

    public WaitingThreadWhoseTimeIsUp() {
      world.renew(null);
    }

    @Actor
    public void caller(II_Result result) {
      result.r1 = world.manager.header(1) == null ? 0 : 1;
    }

    @Actor
    public void agent() {
      LockSupport.parkNanos(1_000_000);
      world.work();
    }

    @Arbiter
    public void end(II_Result result) {
      result.r2 = world.manager.headerNow() == null ? 0 : 1;
    }
  }

  @JCStressTest
  @Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "a new token that is refused is not replaced")
  @Outcome(expect = FORBIDDEN)
  @State
  public static class RefusalAndRefusedReplay {
    private final World world = World.inDoubt();
    private CompletableFuture<Boolean> one;

    @Actor
    public void caller() {
      one = world.renew(World.SECOND);
    }

    @Actor
    public void other() {
      world.manager.replayRefused(World.SECOND);
    }

    @Arbiter
    public void end(II_Result result) {
      world.work();
      result.r1 = world.requests.get();
      result.r2 = World.answer(one);
    }
  }

  @JCStressTest
  @Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "refused before it was seen to be taken")
  @Outcome(id = "3, 1", expect = ACCEPTABLE, desc = "taken, then over: replaced")
  @Outcome(expect = FORBIDDEN)
  @State
  public static class RefusalAndGoodAnswer {
    private final World world = World.inDoubt();
    private CompletableFuture<Boolean> one;

    @Actor
    public void caller() {
      one = world.renew(World.SECOND);
    }

    @Actor
    public void otherAndAgent() {
      world.manager.accepted(World.SECOND);
      world.work();
    }

    @Arbiter
    public void end(II_Result result) {
      world.work();
      result.r1 = world.requests.get();
      result.r2 = World.answer(one);
    }
  }

  private static int inTime(long start) {
    return System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(PATIENT_MILLIS) ? 1 : 0;
  }
}

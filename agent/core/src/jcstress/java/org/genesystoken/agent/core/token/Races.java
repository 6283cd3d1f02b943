package org.genesystoken.agent.core.token;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * The races of the flight and of the snapshot, each run a million times and more, on a fresh
 * manager each time. A result reads: token requests, then what each caller was answered (1: replay,
 * 0: no token, -1: it hangs). Two actors each, as jcstress runs no test that has more of them than
 * the machine has processors.
 */
public final class Races {
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
}

package org.genesystoken.agent.core.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.Transformer;
import org.genesystoken.agent.core.config.Secret;
import org.genesystoken.agent.core.endpoint.TokenEndpoint;
import org.genesystoken.agent.core.endpoint.TokenRequestException;
import org.genesystoken.agent.core.endpoint.TokenResponse;
import org.genesystoken.agent.core.time.VirtualTime;
import org.slf4j.helpers.NOPLogger;

/**
 * Any sequence of what callers, the endpoint, the API and the clocks may do, in virtual time,
 * against a model that is too simple to be wrong: what must not be asked, and what must not be
 * sent.
 */
class TokenManagerModelTest {
  @Property(tries = 500)
  void whatever_happens_the_rules_hold(@ForAll("histories") ActionChain<World> history) {
    World end = history.run();

    end.allIsReleased();
  }

  @Provide
  Arbitrary<ActionChain<World>> histories() {
    return ActionChain.startWith(World::new)
        .withAction(4, step("request", World::request))
        .withAction(4, step("refusal of what is sent", World::refusal))
        .withAction(1, step("late refusal", World::lateRefusal))
        .withAction(2, step("refused replay", World::refusedReplay))
        .withAction(2, step("good answer", World::goodAnswer))
        .withAction(3, step("answer", World::land))
        .withAction(1, step("new secret", World::newSecret))
        .withAction(3, choosing("endpoint", World::mood, Mood.values()))
        .withAction(
            4,
            choosing(
                "milliseconds", World::pass, 1, 200, 1_000, 10_000, 60_000, 900_000, 5_000_000))
        .withAction(1, choosing("minutes asleep", World::suspend, 1, 60, 120))
        .withMaxTransformations(120);
  }

  private static Action<World> step(String name, Consumer<World> step) {
    return Action.just(Transformer.mutate(name, step));
  }

  @SafeVarargs
  private static <T> Action<World> choosing(String name, BiConsumer<World, T> step, T... choices) {
    return new Action.Independent<World>() {
      @Override
      public Arbitrary<Transformer<World>> transformer() {
        return Arbitraries.of(choices)
            .map(
                choice ->
                    Transformer.mutate(name + " " + choice, world -> step.accept(world, choice)));
      }
    };
  }

  @Property(tries = 300)
  void an_api_that_refuses_every_token_costs_five_requests_in_any_fifteen_minutes(
      @ForAll @Size(min = 30, max = 300) List<@IntRange(min = 1, max = 60_000) Integer> pauses,
      @ForAll @IntRange(max = 4_000) int latency,
      @ForAll Random random) {
    World world = new World();
    world.lifeMillis = 86_400_000;
    world.request();
    world.land();
    world.asked.clear();

    for (int pause : pauses) {
      // as an adapter calls: send, refused, renew, replay, refused again
      String sent = world.manager.headerNow();
      world.time.advance(latency, TimeUnit.MILLISECONDS);
      CompletableFuture<Boolean> renewed =
          world.manager.renewAsync(sent, true, Long.MAX_VALUE).toCompletableFuture();
      world.time.runDue();
      boolean replays = renewed.getNow(false) && random.nextBoolean();
      if (replays) {
        String replayed = world.manager.headerNow();
        world.time.advance(latency, TimeUnit.MILLISECONDS);
        if (random.nextBoolean()) {
          // another call is refused on the new token before the replay is
          world.manager.renewAsync(replayed, true, Long.MAX_VALUE);
          world.time.runDue();
        }
        world.manager.replayRefused(replayed);
      }
      world.time.advance(pause, TimeUnit.MILLISECONDS);
    }

    for (int i = 0; i + 5 < world.asked.size(); i++) {
      assertThat(world.asked.get(i + 5) - world.asked.get(i))
          .as("from one request to the fifth after it, of %s", world.asked)
          .isGreaterThan(900_000);
    }
  }

  /** How the endpoint answers. */
  enum Mood {
    GRANTS_AN_HOUR,
    GRANTS_TEN_SECONDS,
    FAILS,
    WANTS_A_PAUSE,
    REFUSES,
    SLEEPS_ON_IT
  }

  /** The manager, what it was seen to do, and the rules. */
  static final class World {
    private static final long PAUSE_MILLIS = 120_000;
    private static final long PROBE_MILLIS = 60_000;
    private static final long START = new VirtualTime().nanoTime();

    private final VirtualTime time = new VirtualTime();
    private final TokenManager manager =
        new TokenManager(
            new Endpoint(),
            time,
            time,
            new Random(7),
            3_000,
            20_000,
            -1,
            null,
            new Reports(NOPLogger.NOP_LOGGER, "", time),
            new Counters());
    private final List<CompletableFuture<Boolean>> waiters = new ArrayList<>();

    /** When each header's token ends for the server, at the earliest. */
    private final Map<String, Long> ends = new HashMap<>();

    /** When the endpoint was asked. */
    private final List<Long> asked = new ArrayList<>();

    private Mood mood = Mood.GRANTS_AN_HOUR;
    private long lifeMillis = 3_600_000;
    private boolean newSecret;
    private boolean refused;
    private long notBefore = Long.MIN_VALUE;
    private String sent;
    private String sentBefore;

    // ---------------------------------------------------------------- what happens

    void request() {
      String header = manager.headerNow();
      if (header == null) {
        return;
      }
      assertThat(ends).as("only what was granted is sent").containsKey(header);
      assertThat(ends.get(header)).as("no dead token is sent").isGreaterThan(now());
      if (!header.equals(sent)) {
        if (sent != null) {
          assertThat(number(header)).as("no older one after a newer").isGreaterThan(number(sent));
        }
        sentBefore = sent;
        sent = header;
      }
    }

    void refusal() {
      if (sent != null) {
        int before = asked.size();
        for (int i = 0; i < 5; i++) {
          waiters.add(manager.renewAsync(sent, true, Long.MAX_VALUE).toCompletableFuture());
        }
        time.runDue();
        for (int i = 0; i < 5; i++) {
          waiters.add(manager.renewAsync(sent, true, Long.MAX_VALUE).toCompletableFuture());
        }
        assertThat(asked.size() - before).as("one flight").isLessThanOrEqualTo(1);
      }
    }

    void lateRefusal() {
      if (sentBefore != null && manager.headerNow() != null && !manager.isCurrent(sentBefore)) {
        int before = asked.size();
        CompletableFuture<Boolean> renewed =
            manager.renewAsync(sentBefore, true, Long.MAX_VALUE).toCompletableFuture();

        assertThat(renewed).isCompletedWithValue(true);
        assertThat(asked).as("an older generation needs no request").hasSize(before);
      }
    }

    void refusedReplay() {
      if (sent != null) {
        manager.replayRefused(sent);
      }
    }

    void goodAnswer() {
      if (sent != null) {
        manager.accepted(sent);
      }
    }

    void land() {
      int before = asked.size();
      time.runDue();
      assertThat(asked.size() - before).as("one flight").isLessThanOrEqualTo(1);
      request();
    }

    void newSecret() {
      newSecret = true;
    }

    void mood(Mood next) {
      mood = next;
    }

    void pass(int millis) {
      time.advance(millis, TimeUnit.MILLISECONDS);
      time.runDue();
      if (millis >= 10_000) {
        allIsReleased();
      }
      request();
    }

    void suspend(int minutes) {
      sleep(TimeUnit.MINUTES.toMillis(minutes));
      request();
    }

    // ---------------------------------------------------------------- the model

    void allIsReleased() {
      time.advance(3, TimeUnit.SECONDS);
      time.runDue();
      assertThat(waiters).as("every waiter is released").allMatch(CompletableFuture::isDone);
    }

    /** Only the wall clock sees it, and the server. */
    private void sleep(long millis) {
      time.moveWall(millis, TimeUnit.MILLISECONDS);
      ends.replaceAll((header, end) -> end - millis);
      if (notBefore != Long.MIN_VALUE) {
        notBefore -= millis;
      }
    }

    /** Milliseconds since this world began; the virtual clock itself wraps. */
    private long now() {
      return TimeUnit.NANOSECONDS.toMillis(time.nanoTime() - START);
    }

    private static int number(String header) {
      return Integer.parseInt(header.substring("Bearer ".length()));
    }

    private final class Endpoint implements TokenEndpoint {
      @Override
      public boolean hasNewSecret() {
        assertThat(refused).as("it is looked after a secret only when it was refused").isTrue();
        return newSecret;
      }

      @Override
      public TokenResponse request() throws TokenRequestException {
        if (!(refused && newSecret)) {
          assertThat(now()).as("the endpoint is left alone").isGreaterThanOrEqualTo(notBefore);
        }
        newSecret = false;
        refused = false;
        asked.add(now());
        switch (mood) {
          case FAILS:
            throw TokenRequestException.temporary("");
          case WANTS_A_PAUSE:
            notBefore = now() + PAUSE_MILLIS;
            throw TokenRequestException.temporary("", PAUSE_MILLIS);
          case REFUSES:
            notBefore = now() + PROBE_MILLIS;
            refused = true;
            throw TokenRequestException.permanent("", "");
          case GRANTS_TEN_SECONDS:
            return granted(10_000);
          case SLEEPS_ON_IT:
            TokenResponse before = granted(lifeMillis);
            sleep(2 * lifeMillis);
            return before;
          default:
            return granted(lifeMillis);
        }
      }

      private TokenResponse granted(long millis) {
        ends.put("Bearer " + asked.size(), now() + millis);
        return new TokenResponse(new Secret(String.valueOf(asked.size())), millis);
      }
    }
  }
}

package org.genesystoken.agent.core.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LifetimeTest {
  /** Draws the earliest soft point. */
  private static final Random EARLIEST = drawing(0);

  private static final Random LATEST = drawing(Math.nextDown(1.0));

  private static Random drawing(double value) {
    return new Random() {
      @Override
      public double nextDouble() {
        return value;
      }
    };
  }

  private static long millis(long nanos) {
    // rounded: the draw below 1.0 ends a nanosecond early
    return (nanos + 500_000) / 1_000_000;
  }

  @ParameterizedTest(name = "{0} s: renewed from {1} to {2} s, dead at {3} s")
  @CsvSource({
    "86400, 82800, 84600, 86340",
    "3600, 2880, 3240, 3540",
    "600, 480, 540, 588",
    "300, 180, 240, 290",
    "60, 30, 45, 50",
    "20, 10, 15, 15",
    "8, 4, 6, 6",
    "4.999, 4.999, 4.999, 4.999",
    "2, 2, 2, 2"
  })
  void the_lead_and_the_margin_follow_from_the_life(
      double life, double softFrom, double softTo, double hard) {
    long nanos = TimeUnit.MILLISECONDS.toNanos((long) (life * 1000));

    Lifetime earliest = Lifetime.of(nanos, -1, EARLIEST);
    Lifetime latest = Lifetime.of(nanos, -1, LATEST);

    assertThat(millis(earliest.softNanos)).isEqualTo((long) (softFrom * 1000));
    assertThat(millis(latest.softNanos)).isEqualTo((long) (softTo * 1000));
    assertThat(millis(earliest.hardNanos)).isEqualTo((long) (hard * 1000));
  }

  @ParameterizedTest(name = "{0} s, {1} s ahead: renewed at {2} s, dead at {3} s")
  @CsvSource({
    "3600, 0, 3600, 3540",
    "3600, 600, 3000, 3540",
    "3600, 99999, 1800, 3540",
    "3600, 1800, 1800, 3540",
    "2, 1, 1, 1.5"
  })
  void a_lead_that_is_set_counts_for_every_life(
      double life, double ahead, double soft, double hard) {
    Lifetime lifetime =
        Lifetime.of(
            TimeUnit.MILLISECONDS.toNanos((long) (life * 1000)),
            TimeUnit.MILLISECONDS.toNanos((long) (ahead * 1000)),
            EARLIEST);

    assertThat(millis(lifetime.softNanos)).isEqualTo((long) (soft * 1000));
    assertThat(millis(lifetime.hardNanos)).isEqualTo((long) (hard * 1000));
  }

  @Property(tries = 500)
  void a_token_is_renewed_before_it_is_dead_and_dead_before_it_ends(
      @ForAll @LongRange(min = 1, max = 2_592_000_000L) long millis, @ForAll Random random) {
    long life = TimeUnit.MILLISECONDS.toNanos(millis);

    Lifetime lifetime = Lifetime.of(life, -1, random);

    assertThat(lifetime.softNanos).isBetween(life / 2, lifetime.hardNanos);
    assertThat(lifetime.hardNanos).isBetween(life - life / 4, life);
  }
}

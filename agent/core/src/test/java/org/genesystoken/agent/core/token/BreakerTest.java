package org.genesystoken.agent.core.token;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BreakerTest {
  @ParameterizedTest
  @ValueSource(longs = {0, Long.MIN_VALUE / 2, Long.MAX_VALUE - 1})
  void what_is_believed_is_bounded_wherever_the_monotonic_clock_stands(long now) {
    Breaker breaker = new Breaker();
    int believed = 0;
    for (int i = 0; i < 1_000; i++) {
      believed += breaker.isBelieved(now) ? 1 : 0;
    }

    assertThat(believed).isEqualTo(128);
  }
}

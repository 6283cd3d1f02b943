package org.genesystoken.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarkTest {
  @ParameterizedTest(name = "status {0}, {1} refusals, {2} new tokens: {3}")
  @CsvSource({
    "200, 0, 0, GOOD",
    "200, 1, 1, ABSORBED",
    "200, 0, 1, RENEWED",
    "401, 1, 0, REFUSED",
    "401, 2, 1, REFUSED",
    "400, 0, 0, DECLINED",
    "403, 1, 1, DECLINED",
    "500, 0, 0, BROKEN",
    "0, 0, 0, BROKEN",
  })
  void a_call_is_judged_by_what_the_program_and_the_server_saw(
      int status, int refusals, int newTokens, Mark expected) {
    assertThat(Mark.of(status, refusals, newTokens)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "GOOD, false",
    "ABSORBED, false",
    "RENEWED, false",
    "DECLINED, false",
    "REFUSED, true",
    "BROKEN, true"
  })
  void only_refused_and_broken_calls_are_failures(Mark mark, boolean failure) {
    assertThat(mark.isFailure()).isEqualTo(failure);
  }
}

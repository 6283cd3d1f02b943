package org.genesystoken.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NarratorTest {
  private final Narrator narrator = new Narrator(false);

  @Test
  void the_first_401_without_the_agent_is_told_and_the_others_are_not() {
    assertThat(narrator.sentence(Side.WITHOUT, Mark.GOOD)).isNull();
    assertThat(narrator.sentence(Side.WITHOUT, Mark.REFUSED)).contains("The token dies", "401");
    assertThat(narrator.sentence(Side.WITHOUT, Mark.REFUSED)).isNull();
  }

  @Test
  void every_death_that_the_agent_absorbs_is_told() {
    assertThat(narrator.sentence(Side.WITH, Mark.GOOD)).isNull();
    assertThat(narrator.sentence(Side.WITH, Mark.ABSORBED)).contains("a new token", "saw 200");
    assertThat(narrator.sentence(Side.WITH, Mark.ABSORBED)).contains("another token");
    assertThat(narrator.sentence(Side.WITH, Mark.ABSORBED)).contains("another token");
  }

  @Test
  void the_first_renewal_in_time_is_told() {
    assertThat(narrator.sentence(Side.WITH, Mark.RENEWED)).contains("no 401");
    assertThat(narrator.sentence(Side.WITH, Mark.RENEWED)).isNull();
  }

  @Test
  void a_failure_with_the_agent_is_told_too() {
    assertThat(narrator.sentence(Side.WITH, Mark.REFUSED)).contains("came through");
    assertThat(narrator.sentence(Side.WITH, Mark.BROKEN)).contains("no proper answer");
  }

  @Test
  void on_the_real_platform_the_token_is_stale_from_the_start() {
    Narrator real = new Narrator(true);

    assertThat(real.sentence(Side.WITHOUT, Mark.REFUSED)).contains("stale");
    assertThat(real.sentence(Side.WITH, Mark.GOOD)).contains("live token");
    assertThat(real.sentence(Side.WITH, Mark.DECLINED)).contains("not for the token");
  }
}

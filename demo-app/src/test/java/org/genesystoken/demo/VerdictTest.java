package org.genesystoken.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static final List<String> NONE = Collections.emptyList();
  private static final List<String> STDERR = Collections.singletonList("cause");

  @Test
  void all_is_well_if_calls_failed_without_the_agent_and_none_with_it() {
    Score without = score(Mark.GOOD, Mark.REFUSED);
    Score with = score(Mark.GOOD, Mark.ABSORBED, Mark.RENEWED, Mark.DECLINED);

    assertThat(Verdict.problems(without, with, NONE, STDERR)).isEmpty();
  }

  @Test
  void one_failure_with_the_agent_is_one_too_many() {
    Score without = score(Mark.REFUSED);

    assertThat(Verdict.problems(without, score(Mark.GOOD, Mark.REFUSED), NONE, STDERR))
        .containsExactly("With the agent, 1 call(s) failed.", "cause");
    assertThat(Verdict.problems(without, score(Mark.GOOD, Mark.BROKEN), NONE, NONE)).hasSize(1);
  }

  @Test
  void without_a_failure_there_was_nothing_to_show() {
    assertThat(Verdict.problems(score(Mark.GOOD), score(Mark.GOOD), NONE, NONE))
        .containsExactly("Without the agent, no call failed, so nothing was shown.");
  }

  @Test
  void a_program_that_did_not_run_proves_nothing() {
    assertThat(Verdict.problems(score(Mark.REFUSED), score(), NONE, STDERR))
        .containsExactly("The program made no call with the agent.", "cause");
  }

  @Test
  void anything_else_on_stdout_is_a_problem() {
    List<String> stray = Collections.singletonList("[agent] hello");

    assertThat(Verdict.problems(score(Mark.REFUSED), score(Mark.GOOD), stray, NONE))
        .containsExactly("On stdout, and not from the program: [agent] hello");
  }

  @Test
  void what_the_server_sent_and_the_program_did_not_see_was_absorbed() {
    // given
    Score score = score(Mark.GOOD, Mark.REFUSED, Mark.ABSORBED, Mark.ABSORBED);

    // when
    score.addServerSide(3, 4, 5);

    // then
    assertThat(score.absorbed()).isEqualTo(2);
    assertThat(score.failures()).isEqualTo(1);
    assertThat(score.calls()).isEqualTo(4);
  }

  private static Score score(Mark... marks) {
    Score score = new Score();
    Arrays.asList(marks).forEach(score::add);
    return score;
  }
}

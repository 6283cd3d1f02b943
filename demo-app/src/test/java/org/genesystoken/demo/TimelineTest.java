package org.genesystoken.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.UnsupportedEncodingException;
import org.junit.jupiter.api.Test;

class TimelineTest {
  private static final Ink SYMBOLS = new Ink(true, false, false);
  private static final Ink ASCII = new Ink(false, false, false);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Test
  void rows_show_both_sides_and_sentences_stand_below_their_row() throws Exception {
    // when
    Timeline timeline = play(SYMBOLS);
    timeline.close();

    // then
    assertThat(output())
        .isEqualTo(
            lines(
                "       without the agent        with the agent",
                "  0 s  ● ●                      ●",
                "  1 s  ● ✗  401                 ♻ ●  new token",
                "       1.3 s  It dies.",
                "  2 s  ✗  401                   ↻  renewed in time"));
  }

  @Test
  void plain_characters_stand_in_where_symbols_cannot_be_shown() throws Exception {
    // when
    Timeline timeline = play(ASCII);
    timeline.close();

    // then
    assertThat(output())
        .isEqualTo(
            lines(
                "       without the agent        with the agent",
                "  0 s  o o                      o",
                "  1 s  o X  401                 @ o  new token",
                "       1.3 s  It dies.",
                "  2 s  X  401                   +  renewed in time"));
  }

  @Test
  void colours_change_nothing_but_the_colours() throws Exception {
    // given
    play(SYMBOLS).close();
    String plain = output();
    bytes.reset();

    // when
    play(new Ink(true, true, false)).close();

    // then
    assertThat(output()).contains("\u001b[31m✗\u001b[0m", "\u001b[32m●\u001b[0m");
    assertThat(output().replaceAll("\u001b\\[[0-9]+m", "")).isEqualTo(plain);
  }

  @Test
  void on_a_terminal_the_row_in_progress_is_drawn_over_itself() throws Exception {
    // given
    Timeline timeline = new Timeline(stream(), new Ink(true, false, true));

    // when
    timeline.add(Side.WITHOUT, 0, Mark.GOOD, 200);
    timeline.add(Side.WITHOUT, 250, Mark.REFUSED, 401);

    // then
    assertThat(output()).isEqualTo("\r  0 s  ●\r  0 s  ● ✗  401");
  }

  @Test
  void a_row_appears_when_its_second_is_over_and_not_before() throws Exception {
    // given
    Timeline timeline = new Timeline(stream(), SYMBOLS);
    timeline.add(Side.WITH, 100, Mark.GOOD, 200);

    // when
    timeline.advance(999);
    String before = output();
    timeline.advance(1000);

    // then
    assertThat(before).isEmpty();
    assertThat(output()).isEqualTo(lines("  0 s                           ●"));
  }

  @Test
  void a_late_call_goes_into_the_row_in_progress() throws Exception {
    // given
    Timeline timeline = new Timeline(stream(), SYMBOLS);
    timeline.advance(1000);
    bytes.reset();

    // when
    timeline.add(Side.WITHOUT, 999, Mark.GOOD, 200);
    timeline.close();

    // then
    assertThat(output()).isEqualTo(lines("  1 s  ●"));
  }

  @Test
  void the_remark_is_about_the_gravest_mark_of_the_row() throws Exception {
    // given
    Timeline timeline = new Timeline(stream(), SYMBOLS);

    // when
    timeline.add(Side.WITH, 0, Mark.BROKEN, 0);
    timeline.add(Side.WITH, 10, Mark.REFUSED, 401);
    timeline.add(Side.WITHOUT, 20, Mark.DECLINED, 400);
    timeline.add(Side.WITHOUT, 30, Mark.GOOD, 200);
    timeline.close();

    // then
    assertThat(output()).isEqualTo(lines("  0 s  ○ ●  400                 ! ✗  no answer"));
  }

  private Timeline play(Ink ink) throws UnsupportedEncodingException {
    Timeline timeline = new Timeline(stream(), ink);
    timeline.open();
    timeline.add(Side.WITHOUT, 300, Mark.GOOD, 200);
    timeline.add(Side.WITH, 500, Mark.GOOD, 200);
    timeline.add(Side.WITHOUT, 550, Mark.GOOD, 200);
    timeline.add(Side.WITHOUT, 1050, Mark.GOOD, 200);
    timeline.add(Side.WITH, 1100, Mark.ABSORBED, 200);
    timeline.add(Side.WITHOUT, 1300, Mark.REFUSED, 401);
    timeline.say(1300, "It dies.");
    timeline.add(Side.WITH, 1350, Mark.GOOD, 200);
    timeline.add(Side.WITHOUT, 2000, Mark.REFUSED, 401);
    timeline.add(Side.WITH, 2100, Mark.RENEWED, 200);
    return timeline;
  }

  private PrintStream stream() throws UnsupportedEncodingException {
    return new PrintStream(bytes, true, "UTF-8");
  }

  private String output() throws UnsupportedEncodingException {
    return bytes.toString("UTF-8");
  }

  private static String lines(String... lines) {
    return String.join(System.lineSeparator(), lines) + System.lineSeparator();
  }
}

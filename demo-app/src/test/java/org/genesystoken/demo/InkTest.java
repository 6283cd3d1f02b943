package org.genesystoken.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InkTest {
  private static final Map<String, String> NOTHING = Collections.emptyMap();

  @Test
  void a_terminal_gets_colours_and_a_live_row() {
    Ink ink = Ink.of(true, false, NOTHING, StandardCharsets.UTF_8);

    assertThat(ink.bold("x")).isEqualTo("\u001b[1mx\u001b[0m");
    assertThat(ink.isLive()).isTrue();
  }

  @Test
  void a_pipe_gets_neither() {
    Ink ink = Ink.of(false, false, NOTHING, StandardCharsets.UTF_8);

    assertThat(ink.bold("x")).isEqualTo("x");
    assertThat(ink.isLive()).isFalse();
  }

  @Test
  void no_color_is_respected_unless_it_is_empty() {
    Ink asked =
        Ink.of(true, false, Collections.singletonMap("NO_COLOR", "1"), StandardCharsets.UTF_8);
    Ink empty =
        Ink.of(true, false, Collections.singletonMap("NO_COLOR", ""), StandardCharsets.UTF_8);

    assertThat(asked.bold("x")).isEqualTo("x");
    assertThat(empty.bold("x")).isNotEqualTo("x");
  }

  @Test
  void a_terminal_that_knows_no_colours_gets_none() {
    Ink dumb =
        Ink.of(true, false, Collections.singletonMap("TERM", "dumb"), StandardCharsets.UTF_8);
    Ink oldWindows = Ink.of(true, true, NOTHING, StandardCharsets.UTF_8);
    Ink newWindows =
        Ink.of(true, true, Collections.singletonMap("WT_SESSION", "1"), StandardCharsets.UTF_8);

    assertThat(dumb.bold("x")).isEqualTo("x");
    assertThat(oldWindows.bold("x")).isEqualTo("x");
    assertThat(newWindows.bold("x")).isNotEqualTo("x");
  }

  @Test
  void symbols_need_utf_8() {
    Ink utf8 = Ink.of(false, false, NOTHING, StandardCharsets.UTF_8);
    Ink ascii = Ink.of(false, false, NOTHING, StandardCharsets.US_ASCII);

    assertThat(utf8.symbol(Mark.ABSORBED)).isEqualTo('♻');
    assertThat(ascii.symbol(Mark.ABSORBED)).isEqualTo('@');
  }
}

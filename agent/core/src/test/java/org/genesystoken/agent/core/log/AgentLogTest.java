package org.genesystoken.agent.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.genesystoken.agent.core.config.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;

class AgentLogTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final LogOutput output = new LogOutput(bytes, StandardCharsets.UTF_8, Clock.systemUTC());

  @ParameterizedTest
  @CsvSource({
    "off, ''",
    "error, E",
    "warn, EW",
    "info, EWI",
    "debug, EWID",
    "trace, EWIDT",
  })
  void onlyLinesOfTheLevelAndAboveAreWritten(String level, String written) {
    // given
    Logger log = new AgentLog(level, output);

    // when
    log.error("E");
    log.warn("W");
    log.info("I");
    log.debug("D");
    log.trace("T");

    // then
    StringBuilder texts = new StringBuilder();
    for (String line : text().isEmpty() ? new String[0] : text().split("\\R")) {
      texts.append(line.charAt(line.length() - 1));
    }
    assertThat(texts.toString()).isEqualTo(written);
  }

  @Test
  void argumentsAreFilledIn() {
    // when
    new AgentLog("info", output).info("token of generation {} in {} ms", 7, 42L);

    // then
    assertThat(text()).endsWith(" INFO token of generation 7 in 42 ms" + System.lineSeparator());
  }

  @Test
  void anExceptionIsOneLineOfCauses() {
    // when
    new AgentLog("info", output)
        .warn("no token", new IOException("refused", new IllegalStateException("a\nb")));

    // then
    assertThat(text())
        .endsWith(
            " WARN no token: java.io.IOException: refused, caused by"
                + " java.lang.IllegalStateException: a b"
                + System.lineSeparator())
        .hasLineCount(1);
  }

  @Test
  void debuggingShowsTheStackTrace() {
    // when
    new AgentLog("debug", output).warn("no token", new IOException("refused"));

    // then
    assertThat(text())
        .contains("WARN no token: java.io.IOException: refused")
        .contains("\tat " + AgentLogTest.class.getName());
  }

  @Test
  void aSecretIsHiddenInArgumentsMessagesAndTraces() {
    // given
    output.hide(new Secret("s3cr3t-token"));

    // when
    new AgentLog("trace", output)
        .error("sent {}", "Bearer s3cr3t-token", new IOException("bad s3cr3t-token"));

    // then
    assertThat(text()).doesNotContain("s3cr3t-token").contains("sent Bearer ***");
  }

  @Test
  void anExceptionThatCannotBeToldDoesNotReachTheCaller() {
    // given
    Exception odd =
        new Exception() {
          private static final long serialVersionUID = 1L;

          @Override
          public String getMessage() {
            throw new UnsupportedOperationException();
          }
        };

    // then
    assertThatCode(() -> new AgentLog("info", output).warn("text", odd)).doesNotThrowAnyException();
    assertThat(text()).contains("a log line failed: java.lang.UnsupportedOperationException");
  }

  private String text() {
    return new String(bytes.toByteArray(), StandardCharsets.UTF_8);
  }
}

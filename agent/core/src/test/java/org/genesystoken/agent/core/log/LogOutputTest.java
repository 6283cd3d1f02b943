package org.genesystoken.agent.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;
import org.genesystoken.agent.core.config.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class LogOutputTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-22T20:13:00.123Z"), ZoneOffset.UTC);
  private static final String PREFIX = "2026-11-22T20:13:00.123Z [genesys-token-agent] ";

  private final List<String> writes = new ArrayList<>();
  private final LogOutput output =
      new LogOutput(
          new OutputStream() {
            @Override
            public void write(int b) {
              throw new AssertionError("byte by byte: lines would interleave");
            }

            @Override
            public void write(byte[] bytes) {
              writes.add(new String(bytes, StandardCharsets.UTF_8));
            }
          },
          StandardCharsets.UTF_8,
          CLOCK);

  @Test
  void aLineIsOneWriteWithTimeTagAndLevel() {
    // when
    output.error("first");
    output.warn("second");

    // then
    assertThat(writes)
        .containsExactly(PREFIX + "ERROR first" + eol(), PREFIX + "WARN second" + eol());
  }

  @Test
  void aTextCannotForgeALine() {
    // when
    output.warn("a\r\n[genesys-token-agent] ERROR b\u001b[31m\u2028c");

    // then
    assertThat(writes)
        .containsExactly(PREFIX + "WARN a  [genesys-token-agent] ERROR b [31m c" + eol());
  }

  @Test
  void aFailingStreamIsNotTheAppsProblem() {
    // given
    LogOutput broken =
        new LogOutput(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("disk full");
              }
            },
            StandardCharsets.UTF_8,
            CLOCK);

    // then
    assertThatCode(() -> broken.error("text")).doesNotThrowAnyException();
  }

  @Property(tries = 500)
  void theTimeIsIso8601(@ForAll @LongRange(min = 0, max = 253_402_300_799_999L) long millis) {
    // given
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Clock clock = Clock.fixed(Instant.ofEpochMilli(millis), ZoneOffset.UTC);

    // when
    new LogOutput(bytes, StandardCharsets.UTF_8, clock).warn("x");

    // then
    String line = new String(bytes.toByteArray(), StandardCharsets.UTF_8);
    String time = line.substring(0, line.indexOf(' '));
    assertThat(time).hasSize(24);
    assertThat(Instant.parse(time).toEpochMilli()).isEqualTo(millis);
  }

  @Property(tries = 200)
  void aHiddenSecretNeverAppears(
      @ForAll @AlphaChars @StringLength(min = 4, max = 40) String secret,
      @ForAll @StringLength(max = 20) String before,
      @ForAll @StringLength(max = 20) String after) {
    // given
    String upper = "§" + secret + "§";
    output.hide(new Secret(upper));

    // when
    writes.clear();
    output.warn(before + upper + after + upper);

    // then
    assertThat(writes.get(0)).doesNotContain(upper).contains("***");
  }

  @Test
  void theLatestSecretsAreHiddenHoweverManyThereWere() {
    // given
    for (int i = 0; i < 1_000; i++) {
      output.hide(new Secret("token-" + i + "."));
    }
    output.hide(null);
    output.hide(new Secret("abc"));

    // when
    output.warn("token-999. and token-960. but abc");

    // then
    assertThat(writes).containsExactly(PREFIX + "WARN *** and *** but abc" + eol());
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no POSIX permissions")
  void aNewLogFileIsForItsOwnerOnly(@TempDir Path directory) throws Exception {
    // given
    Path file = directory.resolve("agent.log");

    // when
    LogOutput.of(file.toFile(), output).warn("text");

    // then
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(read(file)).isEqualTo(PREFIX + "WARN text" + eol());
    assertThat(writes).isEmpty();
  }

  @Test
  void anExistingLogFileIsContinued(@TempDir Path directory) throws Exception {
    // given
    Path file = directory.resolve("agent.log");
    Files.write(file, "before\n".getBytes(StandardCharsets.UTF_8));

    // when
    LogOutput.of(file.toFile(), output).warn("grün");

    // then
    assertThat(read(file)).isEqualTo("before\n" + PREFIX + "WARN grün" + eol());
  }

  @Test
  void aLogFileThatCannotBeOpenedIsToldOnceOnStandardError(@TempDir Path directory) {
    // given
    File file = directory.resolve("missing").resolve("agent.log").toFile();

    // when
    LogOutput opened = LogOutput.of(file, output);

    // then
    assertThat(opened).isSameAs(output);
    assertThat(writes).hasSize(1);
    assertThat(writes.get(0))
        .startsWith(PREFIX + "WARN log-file=" + file + " cannot be opened: ")
        .endsWith("; logging to standard error" + eol());
  }

  private static String eol() {
    return System.lineSeparator();
  }

  private static String read(Path path) throws IOException {
    return new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
  }
}

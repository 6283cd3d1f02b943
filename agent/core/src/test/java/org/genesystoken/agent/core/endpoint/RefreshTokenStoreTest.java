package org.genesystoken.agent.core.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.genesystoken.agent.core.ForkedJava;
import org.genesystoken.agent.core.config.Secret;
import org.genesystoken.agent.core.log.RecordingLogger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class RefreshTokenStoreTest {
  /** Longer than what a disk writes at once. */
  static final int TOKEN_LENGTH = 20_000;

  @TempDir Path directory;

  private Path file;
  private final RecordingLogger log = new RecordingLogger();

  @BeforeEach
  void the_first_token() throws IOException {
    file = directory.resolve("refresh-token");
    Files.write(file, token('a').getBytes(StandardCharsets.UTF_8));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private RefreshTokenStore store() {
    return new RefreshTokenStore(null, file.toFile(), false, log);
  }

  static String token(char letter) {
    return String.join("", Collections.nCopies(TOKEN_LENGTH, String.valueOf(letter)));
  }

  private List<String> names() {
    List<String> names = new ArrayList<>();
    for (String name : directory.toFile().list()) {
      names.add(name);
    }
    return names;
  }

  @Test
  void a_crash_at_any_instant_leaves_the_old_token_or_the_new_one_whole() throws Exception {
    for (int crash = 0; crash < 6; crash++) {
      // given an app whose token rotates all the time
      try (ForkedJava app = ForkedJava.main(RotatingApp.class, file.toString())) {
        for (int i = 0; i < 20 + 7 * crash; i++) {
          assertThat(app.line()).isEqualTo("rotated");
        }

        // when it is killed
        app.kill();
      }

      // then
      String content = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      assertThat(content).isEqualTo(token(content.charAt(0)));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      assertThat(store().current().value()).isEqualTo(content);
    }
  }

  @Test
  void what_a_crash_has_left_goes_with_a_later_write() throws Exception {
    // given a write that a crash has cut, one of another process that is under way, others' files
    Path abandoned = Files.createFile(directory.resolve(".refresh-token.1.tmp"));
    Files.setLastModifiedTime(abandoned, FileTime.fromMillis(System.currentTimeMillis() - 61_000));
    Path underWay = Files.createFile(directory.resolve(".refresh-token.2.tmp"));
    Path ofOthers = Files.createFile(directory.resolve(".other.3.tmp"));
    Files.setLastModifiedTime(ofOthers, FileTime.fromMillis(0));

    // when
    store().rotated(new Secret("b"));

    // then
    assertThat(file).hasContent("b");
    assertThat(names())
        .containsExactlyInAnyOrder(
            "refresh-token",
            String.valueOf(underWay.getFileName()),
            String.valueOf(ofOthers.getFileName()));
  }

  @Test
  void a_write_that_fails_leaves_no_unfinished_file_and_keeps_the_token() throws Exception {
    // given a directory in which the last step fails: the target is a directory with something in
    // it
    Files.delete(file);
    Files.createDirectories(file.resolve("full"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    RefreshTokenStore store = store();

    // when
    store.rotated(new Secret("b"));

    // then
    assertThat(names()).containsExactly("refresh-token");
    assertThat(store.current().value()).isEqualTo("b");
    assertThat(log.said).hasSize(1);
    assertThat(log.said.get(0))
        .startsWith("WARN The new refresh token could not be written to " + file);
  }

  @Test
  void a_token_that_could_not_be_written_is_not_given_up_for_the_older_one_in_the_file()
      throws Exception {
    RefreshTokenStore store = store();
    assertThat(store.current().value()).startsWith("a");
    Path elsewhere = directory.resolve("elsewhere");
    Files.move(file, elsewhere);
    Files.createDirectories(file.resolve("full"));
    store.rotated(new Secret("b"));
    Files.delete(file.resolve("full"));
    Files.delete(file);
    Files.move(elsewhere, file);

    assertThat(store.current().value()).isEqualTo("b");
    assertThat(store.newerThan(new Secret("b"))).isNull();
    assertThat(store.isReplaced()).isFalse();
  }

  @Test
  void a_file_that_everybody_can_read_is_not_read_and_is_the_owners_alone_after_a_rotation()
      throws Exception {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    RefreshTokenStore store = store();
    assertThat(store.current()).isNull();

    store.rotated(new Secret("b"));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(store.current().value()).isEqualTo("b");
  }

  /** Rotates until it is killed. */
  static final class RotatingApp {
    private RotatingApp() {}

    public static void main(String[] args) {
      RefreshTokenStore store =
          new RefreshTokenStore(null, new java.io.File(args[0]), false, new RecordingLogger());
      store.current();
      for (int i = 0; true; i++) {
        store.rotated(new Secret(token((char) ('a' + i % 26))));
        System.out.println("rotated");
      }
    }
  }
}

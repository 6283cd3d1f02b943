package org.genesystoken.agent.core.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
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
    RefreshTokenStore store = store();
    store.rotated(store.current(), new Secret("b"));

    // then
    assertThat(file).hasContent("b");
    assertThat(names())
        .containsExactlyInAnyOrder(
            "refresh-token",
            ".refresh-token.lock",
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
    store.rotated(new Secret("a"), new Secret("b"));

    // then
    assertThat(names()).containsExactlyInAnyOrder("refresh-token", ".refresh-token.lock");
    assertThat(store.current().value()).isEqualTo("b");
    assertThat(log.said).hasSize(1);
    assertThat(log.said.get(0))
        .startsWith("WARN The new refresh token could not be written to " + file);
  }

  @Test
  void a_token_that_could_not_be_written_is_not_given_up_for_the_older_one_in_the_file()
      throws Exception {
    RefreshTokenStore store = store();
    Secret presented = store.current();
    assertThat(presented.value()).startsWith("a");
    Path elsewhere = directory.resolve("elsewhere");
    Files.move(file, elsewhere);
    Files.createDirectories(file.resolve("full"));
    store.rotated(presented, new Secret("b"));
    Files.delete(file.resolve("full"));
    Files.delete(file);
    Files.move(elsewhere, file);

    assertThat(store.isReplaced()).isFalse();
    assertThat(store.current().value()).isEqualTo("b");
    assertThat(file).hasContent("b");
  }

  /** Nothing can be written there, whoever we are. */
  private void makeUnwritable() throws IOException {
    Files.deleteIfExists(file);
    Files.createSymbolicLink(file, file.getFileName());
  }

  private void put(String content) throws IOException {
    Files.deleteIfExists(file);
    Files.write(file, content.getBytes(StandardCharsets.UTF_8));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void a_failed_write_of_another_token_is_told_again() throws Exception {
    // given
    RefreshTokenStore store = store();
    Secret presented = store.current();
    makeUnwritable();
    store.rotated(presented, new Secret("b"));
    assertThat(log.said).hasSize(1);

    // when the operator's token works, and its successor cannot be written either
    put("c");
    store.accepted(store.current());
    makeUnwritable();
    store.rotated(new Secret("c"), new Secret("d"));

    // then
    assertThat(log.said).hasSize(2).allMatch(line -> line.contains("could not be written"));
  }

  @Test
  void an_accepted_token_that_was_taken_out_of_the_file_is_not_put_back() throws Exception {
    // given
    RefreshTokenStore store = store();
    store.rotated(store.current(), new Secret("b"));
    put("of the operator");
    store.accepted(store.current());

    // when
    Files.delete(file);

    // then it is the operator's to keep, and used as long as it is good
    assertThat(store.current().value()).isEqualTo("of the operator");
    assertThat(file).doesNotExist();
  }

  @Test
  void a_token_that_is_put_back_into_the_file_goes_before_the_one_that_was_there_meanwhile()
      throws Exception {
    // given
    put("a");
    RefreshTokenStore store = store();
    store.accepted(store.current());
    put("mistaken");
    assertThat(store.current().value()).isEqualTo("mistaken");

    // when
    put("a");

    // then
    assertThat(store.current().value()).isEqualTo("a");
  }

  @Test
  void a_lost_file_that_could_not_be_written_again_is_due() throws Exception {
    // given
    RefreshTokenStore store = store();
    store.rotated(store.current(), new Secret("b"));
    makeUnwritable();
    assertThat(store.current().value()).isEqualTo("b");
    assertThat(log.said).hasSize(1);

    // when it can be, and is empty
    put("");
    store.current();

    // then
    assertThat(file).hasContent("b");
    assertThat(log.said).hasSize(2);
  }

  @Test
  void a_file_that_everybody_can_read_is_not_read_and_is_the_owners_alone_after_a_rotation()
      throws Exception {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    RefreshTokenStore store = store();
    assertThat(store.current()).isNull();

    store.rotated(new Secret(token('a')), new Secret("b"));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(store.current().value()).isEqualTo("b");
  }

  @Test
  void a_file_that_everybody_can_read_keeps_a_token_that_was_never_presented() throws Exception {
    // given somebody's new token, with rights for which it is not read
    RefreshTokenStore store = store();
    Secret presented = store.current();
    put("from elsewhere");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    // when
    store.rotated(presented, new Secret("b"));

    // then
    assertThat(Files.readAllLines(file)).containsExactly("from elsewhere");
    assertThat(log.said).filteredOn(line -> line.contains("kept in memory only")).hasSize(1);
    assertThat(store.current().value()).isEqualTo("b");
  }

  @Test
  void a_token_in_the_file_that_the_endpoint_has_not_judged_yet_outlives_its_file()
      throws Exception {
    RefreshTokenStore store = store();
    Secret presented = store.current();

    Files.delete(file);

    assertThat(store.current()).isEqualTo(presented);
    store.refused(presented);
    assertThat(store.current()).isNull();
  }

  // ------------------------------------------------------------------ several at once

  @Test
  void of_two_exchanges_of_the_same_token_the_later_one_counts() throws Exception {
    // given a flight that was given up, and one after it
    RefreshTokenStore store = store();
    Secret presented = store.current();

    store.rotated(presented, new Secret("b"));
    store.rotated(presented, new Secret("c"));
    store.accepted(presented);

    assertThat(store.current().value()).isEqualTo("c");
    assertThat(file).hasContent("c");
  }

  @Test
  void a_late_answer_to_a_token_whose_successor_was_exchanged_too_changes_nothing()
      throws Exception {
    // given
    RefreshTokenStore store = store();
    Secret first = store.current();
    store.rotated(first, new Secret("b"));
    store.rotated(store.current(), new Secret("c"));

    // when the flight comes back that was given up
    store.rotated(first, new Secret("late"));

    // then
    assertThat(store.current().value()).isEqualTo("c");
    assertThat(file).hasContent("c");
  }

  @Test
  void a_late_grant_counts_where_the_presented_token_was_refused_meanwhile() throws Exception {
    // given a flight that was given up, and one after it that found the token used
    RefreshTokenStore store = store();
    Secret presented = store.current();
    store.accepted(presented);
    store.refused(presented);

    // when
    store.rotated(presented, new Secret("b"));

    // then
    assertThat(store.current().value()).isEqualTo("b");
    assertThat(file).hasContent("b");
  }

  @Test
  void what_somebody_writes_into_the_file_that_he_has_emptied_is_not_lost() throws Exception {
    // given
    RefreshTokenStore store =
        new RefreshTokenStore(null, file.toFile(), false, 60_000_000_000L, log);
    Secret presented = store.current();
    Thread rotating;
    try (OutputStream out = Files.newOutputStream(file)) {

      // when
      rotating = new Thread(() -> store.rotated(presented, new Secret("b")), "rotating");
      rotating.start();
      while (rotating.isAlive() && rotating.getState() != Thread.State.TIMED_WAITING) {
        LockSupport.parkNanos(1_000_000);
      }
      out.write("of the operator".getBytes(StandardCharsets.UTF_8));
    }
    rotating.join();

    // then
    assertThat(file).hasContent("of the operator");
    assertThat(store.current().value()).isEqualTo("of the operator");
  }

  @Test
  void a_file_that_somebody_has_emptied_and_left_so_takes_the_new_token() throws Exception {
    RefreshTokenStore store = store();
    Secret presented = store.current();
    Files.write(file, new byte[0]);

    store.rotated(presented, new Secret("b"));

    assertThat(file).hasContent("b");
  }

  @Test
  void what_another_process_writes_under_its_lock_is_not_overwritten() throws Exception {
    // given another one in the middle of its write
    RefreshTokenStore store = store();
    Secret presented = store.current();
    Thread rotating;
    try (FileChannel lock = lockFile()) {
      lock.lock();

      // when
      rotating = new Thread(() -> store.rotated(presented, new Secret("b")), "rotating");
      rotating.start();
      while (rotating.isAlive() && rotating.getState() != Thread.State.TIMED_WAITING) {
        LockSupport.parkNanos(1_000_000);
      }
      Files.write(file, "of the other".getBytes(StandardCharsets.UTF_8));
    }
    rotating.join();

    // then
    assertThat(file).hasContent("of the other");
    assertThat(store.current().value()).isEqualTo("of the other");
    store.refused(store.current());
    assertThat(store.current().value()).isEqualTo("b");
    assertThat(file).hasContent("b");
    assertThat(log.said).isEmpty();
  }

  private FileChannel lockFile() throws IOException {
    return FileChannel.open(
        directory.resolve(".refresh-token.lock"),
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE);
  }

  @Test
  void a_lock_that_is_never_given_back_does_not_keep_the_token_from_its_file() throws Exception {
    RefreshTokenStore store = store();
    try (FileChannel lock = lockFile()) {
      lock.lock();

      store.rotated(store.current(), new Secret("b"));
    }

    assertThat(file).hasContent("b");
  }

  @Test
  void a_lock_that_cannot_be_had_does_not_keep_the_token_from_its_file() throws Exception {
    Files.createDirectory(directory.resolve(".refresh-token.lock"));
    RefreshTokenStore store = store();

    store.rotated(store.current(), new Secret("b"));

    assertThat(file).hasContent("b");
    assertThat(log.said).isEmpty();
  }

  @Test
  void the_lock_is_given_back_and_its_file_is_the_owners_alone_and_stays() throws Exception {
    RefreshTokenStore store = store();
    for (String token : new String[] {"b", "c"}) {
      store.rotated(store.current(), new Secret(token));

      Path lock = directory.resolve(".refresh-token.lock");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(lock)))
          .isEqualTo("rw-------");
      try (FileChannel channel = lockFile()) {
        assertThat(channel.tryLock()).isNotNull();
      }
    }
  }

  /** Rotates until it is killed. */
  static final class RotatingApp {
    private RotatingApp() {}

    public static void main(String[] args) {
      RefreshTokenStore store =
          new RefreshTokenStore(null, new java.io.File(args[0]), false, new RecordingLogger());
      for (int i = 0; true; i++) {
        store.rotated(store.current(), new Secret(token((char) ('a' + i % 26))));
        System.out.println("rotated");
      }
    }
  }
}

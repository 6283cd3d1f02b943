package org.genesystoken.agent.core.endpoint;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import org.genesystoken.agent.core.config.Secret;
import org.slf4j.Logger;

/**
 * Keeps the newest refresh token, in memory and, if there is a file, in the file too. What the file
 * holds is only ever replaced by a newer token, never deleted. A crash at any instant leaves the
 * old token or the new one in it, whole. Thread-safe.
 */
final class RefreshTokenStore {
  /** How old another process' unfinished file has to be to count as left behind by a crash. */
  private static final long ABANDONED_MILLIS = 60_000;

  private static final String UNFINISHED = ".tmp";

  private final File file;
  private final SecretFile stored;
  private final Logger log;
  private volatile Secret current;
  // What the file is known to hold: after a write that failed, not what is current.
  private volatile Secret inFile;

  /**
   * @param initial to start from if the file holds none, or null
   * @param file null: memory only
   * @param readableByAll whether to take a file that every user of the machine can read
   */
  RefreshTokenStore(Secret initial, File file, boolean readableByAll, Logger log) {
    this.file = file;
    this.stored = file == null ? null : new SecretFile(file, readableByAll, log);
    this.log = log;
    this.current = initial;
  }

  /**
   * The newest token, null if there is none. One that somebody else has put into the file goes
   * before the one in memory.
   */
  Secret current() {
    Secret read = read();
    if (read != null && !read.equals(inFile)) {
      inFile = read;
      current = read;
    }
    return current;
  }

  /** The newest token, if it is another one than this (may be null), else null. */
  Secret newerThan(Secret token) {
    Secret newest = current();
    return newest == null || newest.equals(token) ? null : newest;
  }

  /** Whether somebody else has put a token into the file. */
  boolean isReplaced() {
    Secret read = read();
    return read != null && !read.equals(inFile);
  }

  /** Takes over the token that the endpoint has granted in exchange for the old one. */
  void rotated(Secret token) {
    if (token.equals(current)) {
      return;
    }
    current = token;
    if (file == null) {
      return;
    }
    try {
      write(token);
      inFile = token;
    } catch (IOException | RuntimeException e) {
      log.warn(
          "The new refresh token could not be written to {} ({}); it is kept in memory only, so"
              + " after a restart the old one is used: make the file and its directory writable",
          file,
          e.getClass().getSimpleName());
    }
  }

  /** One line for the operator. */
  String whatIsMissing() {
    return file == null
        ? "there is no refresh token; set refresh-token or refresh-token-file"
        : "there is no refresh token in " + file + "; put one there or set refresh-token";
  }

  private Secret read() {
    return stored == null ? null : stored.read();
  }

  private void write(Secret token) throws IOException {
    Path target = file.toPath().toAbsolutePath();
    if (Files.exists(target)) {
      // a symbolic link stays one
      target = target.toRealPath();
    }
    Path directory = target.getParent();
    String prefix = "." + target.getFileName() + ".";
    Path temporary = Files.createTempFile(directory, prefix, UNFINISHED, ownerOnly(directory));
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(token.value().getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      try {
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(temporary);
    }
    force(directory);
    deleteAbandoned(directory, prefix);
  }

  /** Until then the new name may be in memory only, as far as the disk is concerned. */
  private static void force(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows opens no directory: there the file system's journal has to do
    }
  }

  /** What a crash has left of an earlier write: nobody will finish it, and it holds a token. */
  private static void deleteAbandoned(Path directory, String prefix) {
    try (DirectoryStream<Path> siblings = Files.newDirectoryStream(directory)) {
      for (Path sibling : siblings) {
        String name = String.valueOf(sibling.getFileName());
        if (name.startsWith(prefix)
            && name.endsWith(UNFINISHED)
            && System.currentTimeMillis() - Files.getLastModifiedTime(sibling).toMillis()
                > ABANDONED_MILLIS) {
          Files.deleteIfExists(sibling);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // it does no harm: its owner alone can read it, and the next write tries again
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path directory) {
    if (!directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };
  }
}

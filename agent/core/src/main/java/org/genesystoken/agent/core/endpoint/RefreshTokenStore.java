package org.genesystoken.agent.core.endpoint;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import org.genesystoken.agent.core.config.Secret;
import org.genesystoken.agent.core.config.TextFile;
import org.slf4j.Logger;

/**
 * Keeps the newest refresh token, in memory and, if there is a file, in the file too. What the file
 * holds is only ever replaced by a newer token, never deleted. Thread-safe.
 */
final class RefreshTokenStore {
  private final File file;
  private final Logger log;
  private volatile Secret current;

  /**
   * @param initial to start from if the file holds none, or null
   * @param file null: memory only
   */
  RefreshTokenStore(Secret initial, File file, Logger log) {
    this.file = file;
    this.log = log;
    this.current = initial;
    Secret stored = read();
    if (stored != null) {
      // the file was written later than the setting, when the token rotated
      this.current = stored;
    }
  }

  /** Null if there is none. */
  Secret current() {
    Secret token = current;
    return token != null ? token : newerThan(null);
  }

  /** The token in the file, if it is another one than this (may be null), else null. */
  Secret newerThan(Secret token) {
    Secret stored = read();
    if (stored == null || stored.equals(token)) {
      return null;
    }
    current = stored;
    return stored;
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
    if (file == null) {
      return null;
    }
    String line = TextFile.firstLine(file);
    return line == null || line.isEmpty() ? null : new Secret(line);
  }

  private void write(Secret token) throws IOException {
    Path target = file.toPath().toAbsolutePath();
    if (Files.exists(target)) {
      // a symbolic link stays one
      target = target.toRealPath();
    }
    Path directory = target.getParent();
    Path temporary =
        Files.createTempFile(directory, ".refresh-token", ".tmp", ownerOnly(directory));
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

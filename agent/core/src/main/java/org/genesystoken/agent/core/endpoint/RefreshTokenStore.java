package org.genesystoken.agent.core.endpoint;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.genesystoken.agent.core.config.Secret;
import org.slf4j.Logger;

/**
 * Keeps the newest refresh token, in memory and, if there is a file, in the file too.
 *
 * <ul>
 *   <li>The token that the endpoint has granted or accepted last is never given up for what the
 *       file holds before the endpoint has accepted that: it may be half written, or an old backup.
 *   <li>What somebody else has put into the file is presented first: it is newer than ours, as a
 *       rule. One that was exchanged or refused already is not presented again. Where it fails and
 *       ours does not, ours is presented first from then on: an endpoint may have other words than
 *       {@code invalid_grant} for half a token.
 *   <li>The file is only ever replaced where nothing is lost: by the newest token, in the place of
 *       one that is spent or of none. What failed is tried again with each token call.
 *   <li>A crash at any instant leaves the old token or the new one in it, whole.
 * </ul>
 *
 * Thread-safe.
 */
final class RefreshTokenStore {
  /** How old another process' unfinished file has to be to count as left behind by a crash. */
  private static final long ABANDONED_MILLIS = 60_000;

  private static final String UNFINISHED = ".tmp";

  /** More of them than backups are likely to hold; an older one is merely refused once more. */
  private static final int MAX_SPENT = 100;

  /** As Linux has it. */
  private static final int MAX_LINKS = 40;

  /** Many times as long as a write takes; callers wait longer than that for their token. */
  private static final long LOCK_NANOS = 2_000_000_000L;

  private static final long PAUSE_NANOS = 5_000_000;

  /** Between emptying a file and writing a line into it; a script does it in less. */
  private static final long EMPTY_NANOS = 100_000_000;

  private final File file;
  private final SecretFile stored;
  private final long emptyNanos;
  private final Logger log;
  private final ReentrantLock lock = new ReentrantLock();

  // guarded by lock
  private Secret own;
  // Whether the endpoint has granted it, so that the file has to hold it.
  private boolean granted;
  // Whether it has not been written yet.
  private boolean due;
  // What the own one was granted in exchange for; null: it was not.
  private Secret exchanged;
  // What somebody else has put into the file, up to the endpoint's word on it; null: nothing.
  private Secret candidate;
  // Whether the candidate has failed, the own one not since.
  private boolean ownFirst;
  // Whether one has failed after the other: then it may be neither, and a call is made with one.
  private boolean bothFailed;
  private boolean candidateTold;
  // Exchanged for a newer one or refused, the oldest first.
  private final Set<Secret> spent = new LinkedHashSet<>();
  private boolean failureTold;

  /**
   * @param initial to start from if the file holds none, or null
   * @param file null: memory only
   * @param readableByAll whether to take a file that every user of the machine can read
   */
  RefreshTokenStore(Secret initial, File file, boolean readableByAll, Logger log) {
    this(initial, file, readableByAll, EMPTY_NANOS, log);
  }

  /**
   * @param emptyNanos how long to wait for what somebody may be writing into an empty file
   */
  RefreshTokenStore(Secret initial, File file, boolean readableByAll, long emptyNanos, Logger log) {
    this.file = file;
    this.emptyNanos = emptyNanos;
    this.stored = file == null ? null : new SecretFile(file, readableByAll, log);
    this.log = log;
    this.own = initial;
  }

  /**
   * The token to present next, null if there is none that is not spent. Also sees to it that the
   * file holds what it should.
   */
  Secret current() {
    lock.lock();
    try {
      Secret read = read();
      boolean ownIsLeft = isOwnLeft();
      if (isNews(read)) {
        adopt(read);
      } else if ((read != null && read.equals(own)) || (granted && ownIsLeft)) {
        candidate = null;
      }
      if (candidate != null && !(ownFirst && ownIsLeft)) {
        return candidate;
      }
      if (!ownIsLeft) {
        return null;
      }
      if (granted && !own.equals(read)) {
        save();
      }
      return own;
    } finally {
      lock.unlock();
    }
  }

  /** Whether somebody else has put a token into the file that was not presented yet. */
  boolean isReplaced() {
    lock.lock();
    try {
      Secret read = read();
      return isNews(read) && !read.equals(candidate);
    } finally {
      lock.unlock();
    }
  }

  /** The endpoint has granted this token in exchange for the presented one. */
  void rotated(Secret presented, Secret token) {
    lock.lock();
    try {
      if (token.equals(presented)) {
        accepted(presented);
        return;
      }
      worked(presented);
      // by the answer to its successor, which came first; not by another answer to itself
      boolean overtaken =
          granted && isOwnLeft() && spent.contains(presented) && !presented.equals(exchanged);
      if (overtaken) {
        return;
      }
      spend(presented);
      if (granted) {
        spend(own);
      }
      spent.remove(token);
      own = token;
      exchanged = presented;
      granted = true;
      due = true;
      save();
    } finally {
      lock.unlock();
    }
  }

  /** The endpoint has accepted the presented token, which stays good. */
  void accepted(Secret presented) {
    lock.lock();
    try {
      worked(presented);
      // spent: a later exchange has overtaken this one
      if (!presented.equals(own) && !spent.contains(presented)) {
        candidate = null;
        own = presented;
        exchanged = null;
        granted = false;
        due = false;
        // that was about another token
        failureTold = false;
      }
    } finally {
      lock.unlock();
    }
  }

  /** The endpoint has refused the presented token for good. */
  void refused(Secret presented) {
    lock.lock();
    try {
      spend(presented);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The endpoint has failed, and the presented token may be why. It stays as good as it was.
   *
   * @return whether to present the other one at once rather than with the next call: an endpoint
   *     that fails whatever the token is not to be asked twice each time
   */
  boolean failed(Secret presented) {
    lock.lock();
    try {
      if (candidate == null || !isOwnLeft()) {
        return false;
      }
      ownFirst = presented.equals(candidate);
      boolean other = !bothFailed;
      bothFailed = true;
      return other;
    } finally {
      lock.unlock();
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

  private boolean isNews(Secret read) {
    return read != null && !read.equals(own) && !spent.contains(read);
  }

  private boolean isOwnLeft() {
    return own != null && !spent.contains(own);
  }

  private void adopt(Secret read) {
    if (!read.equals(candidate)) {
      candidate = read;
      ownFirst = false;
      bothFailed = false;
      candidateTold = false;
    }
  }

  private void worked(Secret presented) {
    bothFailed = false;
    if (ownFirst && candidate != null && presented.equals(own) && !candidateTold) {
      candidateTold = true;
      log.warn(
          "The refresh token in {} has failed and the one before it is good; that is used on, in"
              + " memory only: put a good one into the file, or delete it",
          file);
    }
  }

  private void spend(Secret token) {
    if (token.equals(candidate)) {
      candidate = null;
    }
    if (spent.add(token) && spent.size() > MAX_SPENT) {
      spent.remove(spent.iterator().next());
    }
  }

  /** With the lock: writes the own token where that is due, or where the file has lost it. */
  private void save() {
    if (file == null) {
      return;
    }
    try {
      Path target = withoutLinks(file.toPath().toAbsolutePath());
      FileChannel locked = lockFile(target);
      try {
        if (!mayReplace(target)) {
          return;
        }
        write(own, target);
      } finally {
        if (locked != null) {
          locked.close();
        }
      }
      due = false;
      if (failureTold) {
        failureTold = false;
        log.info("The new refresh token is in {} now", file);
      }
    } catch (IOException | RuntimeException e) {
      due = true;
      if (!failureTold) {
        failureTold = true;
        log.warn(
            "The new refresh token could not be written to {} ({}); it is kept in memory only, so"
                + " after a restart the old one is used: make the file and its directory writable;"
                + " it is tried again with each token call",
            file,
            e.getClass().getSimpleName());
      }
    }
  }

  private boolean mayReplace(Path target) throws IOException {
    Secret read = read();
    if (due) {
      long start = System.nanoTime();
      while (read == null && isBeingWritten(target) && System.nanoTime() - start < emptyNanos) {
        LockSupport.parkNanos(PAUSE_NANOS);
        read = read();
      }
    }
    // in one that is refused, too, there may be a token that was never presented
    Secret held = read == null ? stored.peek() : read;
    if (read != null || (held != null && spent.contains(held))) {
      // another token is somebody else's, which the next call presents
      return spent.contains(held);
    }
    if (held != null || (Files.exists(target) && !Files.isReadable(target))) {
      throw new AccessDeniedException(target.toString());
    }
    return due
        || !Files.exists(target)
        || (Files.size(target) == 0 && isOlder(target, ABANDONED_MILLIS));
  }

  /** Whether somebody may have emptied it to write into it: the token would be lost with it. */
  private static boolean isBeingWritten(Path target) throws IOException {
    return Files.isRegularFile(target)
        && Files.size(target) == 0
        && !isOlder(target, ABANDONED_MILLIS);
  }

  /** Where a chain of symbolic links leads, whether there is a file or not: the links stay. */
  private static Path withoutLinks(Path path) throws IOException {
    Path target = path;
    for (int links = 0; Files.isSymbolicLink(target); links++) {
      if (links == MAX_LINKS) {
        throw new FileSystemLoopException(path.toString());
      }
      target = target.resolveSibling(Files.readSymbolicLink(target));
    }
    return target;
  }

  /**
   * A file beside the target, locked against other processes until it is closed. It is never
   * deleted: who waits for it would hold a lock on a file that nobody else sees. Where it cannot be
   * locked, or not in time, the write goes on without: a token that is lost is worse.
   *
   * @return null: there is none
   */
  private static FileChannel lockFile(Path target) {
    FileChannel channel = null;
    try {
      Path path = target.resolveSibling("." + target.getFileName() + ".lock");
      Set<OpenOption> options = new HashSet<>();
      options.add(StandardOpenOption.CREATE);
      options.add(StandardOpenOption.WRITE);
      channel = FileChannel.open(path, options, ownerOnly(path));
      long start = System.nanoTime();
      while (!isLocked(channel) && System.nanoTime() - start < LOCK_NANOS) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } catch (IOException | RuntimeException e) {
      // no right to, or a file system that has no locks
    }
    return channel;
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // by another part of this process
      return false;
    }
  }

  private static void write(Secret token, Path target) throws IOException {
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
      // where this is not to be had nothing is: any other way has an instant without a token
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
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
            && isOlder(sibling, ABANDONED_MILLIS)) {
          Files.deleteIfExists(sibling);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // it does no harm: its owner alone can read it, and the next write tries again
    }
  }

  private static boolean isOlder(Path path, long millis) throws IOException {
    return System.currentTimeMillis() - Files.getLastModifiedTime(path).toMillis() > millis;
  }

  private static FileAttribute<?>[] ownerOnly(Path path) {
    if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };
  }
}

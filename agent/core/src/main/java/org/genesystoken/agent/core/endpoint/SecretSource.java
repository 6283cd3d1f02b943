package org.genesystoken.agent.core.endpoint;

import org.genesystoken.agent.core.config.Secret;

/**
 * A secret that is set once, or kept in a file that somebody may replace. What is read from the
 * file may be half of one, which nobody can tell but the server; so the one that was good before is
 * kept until another has proved to be. Thread-safe.
 */
final class SecretSource {
  private final SecretFile file;
  private Secret last;
  private Secret good;
  private Secret spurned;

  /**
   * @param first as it was set, or read from the file at the start; null: none yet
   * @param file null: the secret never changes
   */
  SecretSource(Secret first, SecretFile file) {
    this.last = first;
    this.file = file;
  }

  /**
   * The secret to present first, or null; a file that is missing, empty, or holds what was refused
   * when another secret was not, leaves the one before.
   */
  Secret current() {
    Secret read = read();
    synchronized (this) {
      if (read != null && !read.equals(spurned)) {
        last = read;
      }
      return last;
    }
  }

  /**
   * Another one to try where a secret was refused, or null: what the file holds, else the one that
   * was good before.
   */
  Secret insteadOf(Secret refused) {
    Secret read = read();
    synchronized (this) {
      return read != null && !read.equals(refused)
          ? read
          : good != null && !good.equals(refused) ? good : null;
    }
  }

  /**
   * A secret has been good.
   *
   * @param refused the one that was not, just before; null: it was the first
   */
  synchronized void accepted(Secret secret, Secret refused) {
    last = secret;
    good = secret;
    if (refused != null) {
      spurned = refused;
    }
  }

  /** Whether the file holds another secret than those that were tried last. */
  boolean isReplaced() {
    Secret read = read();
    synchronized (this) {
      return read != null && !read.equals(last) && !read.equals(spurned);
    }
  }

  /** Not under the lock: a file may hang. */
  private Secret read() {
    return file == null ? null : file.read();
  }
}

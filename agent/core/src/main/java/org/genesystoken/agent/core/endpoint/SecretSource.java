package org.genesystoken.agent.core.endpoint;

import org.genesystoken.agent.core.config.Secret;

/**
 * A secret that is set once, or kept in a file that somebody may replace. What is read from the
 * file may be half of one, or one that the server does not know yet, which nobody can tell but the
 * server; so the one that was good before is kept until another has proved to be. Thread-safe.
 */
final class SecretSource {
  private final SecretFile file;
  private Secret last;

  /** The latest that the server took; null: none, or it has been refused since. */
  private Secret good;

  /**
   * What the file holds and is not presented first, as it was refused while there was a good one.
   */
  private Secret spurned;

  private boolean told;

  /**
   * @param first as it was set, or read from the file at the start; null: none yet
   * @param file null: the secret never changes
   */
  SecretSource(Secret first, SecretFile file) {
    this.last = first;
    this.file = file;
  }

  /**
   * The secret to present first, or null. The one before where the file is missing, empty, or holds
   * one that was refused.
   */
  Secret current() {
    Secret read = read();
    synchronized (this) {
      if (isNew(read)) {
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
      if (good != null && good.equals(refused)) {
        good = null;
      }
      if (read != null && !read.equals(refused)) {
        spurn(null);
        last = read;
        return read;
      }
      if (good != null) {
        spurn(refused);
        last = good;
      }
      return good;
    }
  }

  /** A secret has been good. */
  synchronized void accepted(Secret secret) {
    last = secret;
    good = secret;
    if (spurned != null && !told) {
      told = true;
      file.refused();
    }
  }

  /** Whether the file holds another secret than those that were tried last. */
  boolean isReplaced() {
    Secret read = read();
    synchronized (this) {
      return isNew(read) && !read.equals(last);
    }
  }

  private boolean isNew(Secret read) {
    if (read == null || read.equals(spurned)) {
      return false;
    }
    // the file has held something else since, so that one gets another chance
    spurn(null);
    return true;
  }

  private void spurn(Secret secret) {
    spurned = secret;
    told = false;
  }

  /** Not under the lock: a file may hang. */
  private Secret read() {
    return file == null ? null : file.read();
  }
}

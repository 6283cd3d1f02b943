package org.genesystoken.agent.core.endpoint;

import org.genesystoken.agent.core.config.Secret;

/** A secret that is set once, or kept in a file that somebody may replace. Thread-safe. */
final class SecretSource {
  private final SecretFile file;
  private volatile Secret last;

  /**
   * @param first as it was set, or read from the file at the start; null: none yet
   * @param file null: the secret never changes
   */
  SecretSource(Secret first, SecretFile file) {
    this.last = first;
    this.file = file;
  }

  /** The secret of now, or null; a file that is missing or half written leaves the one before. */
  Secret current() {
    Secret read = file == null ? null : file.read();
    if (read != null) {
      last = read;
    }
    return last;
  }

  /** Whether the file holds another secret than the one that was handed out last. */
  boolean isReplaced() {
    Secret read = file == null ? null : file.read();
    return read != null && !read.equals(last);
  }
}

package org.genesystoken.agent.core.endpoint;

import java.io.File;
import org.genesystoken.agent.core.config.FileRights;
import org.genesystoken.agent.core.config.Secret;
import org.genesystoken.agent.core.config.TextFile;
import org.slf4j.Logger;

/**
 * A file whose first line is a secret, and that may be replaced at any time. Thread-safe.
 *
 * <p>It is read as a whole each time that it is asked, which is as often as there is a token
 * request: a time stamp is too coarse on Java 8 and some file systems to tell a second change
 * within the same second, and would save nothing.
 */
final class SecretFile {
  private final File file;
  private final boolean readableByAll;
  private final Logger log;
  private volatile boolean refused;

  /**
   * @param readableByAll whether to take a file that every user of the machine can read
   */
  SecretFile(File file, boolean readableByAll, Logger log) {
    this.file = file;
    this.readableByAll = readableByAll;
    this.log = log;
  }

  /** What it holds now; null: it is missing, empty (somebody may be writing it), or refused. */
  Secret read() {
    if (!readableByAll && FileRights.othersCanRead(file)) {
      if (!refused) {
        refused = true;
        log.warn("{}{}", file, FileRights.REFUSAL);
      }
      return null;
    }
    refused = false;
    return peek();
  }

  /** What it holds, even where it would be refused; null: nothing that can be read. */
  Secret peek() {
    String line = TextFile.firstLine(file);
    return line == null || line.isEmpty() ? null : new Secret(line);
  }

  /** Tells that the server did not take what it holds, and another secret was good. */
  void refused() {
    log.warn("{}: the secret in it was refused, the one before it is used on; check it", file);
  }

  @Override
  public String toString() {
    return file.toString();
  }
}

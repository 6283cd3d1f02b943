package org.genesystoken.it.probe;

import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.LogManager;

/**
 * An app server's own log manager ({@code -Djava.util.logging.manager}): it has to be the first to
 * touch java.util.logging, after the app has started.
 */
public final class RecordingLogManager extends LogManager {
  /** Apart from the manager itself: asking must not create one. */
  private static final class Record {
    static final AtomicReference<String> WHEN = new AtomicReference<>("not initialised");
  }

  public RecordingLogManager() {
    Record.WHEN.set(Probe.started() ? "initialised after main" : "initialised before main");
  }

  static String initialized() {
    return Record.WHEN.get();
  }
}

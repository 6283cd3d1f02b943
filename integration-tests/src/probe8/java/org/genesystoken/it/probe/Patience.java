package org.genesystoken.it.probe;

import java.util.Timer;
import java.util.TimerTask;

/** An app that does not wait for ever. Immutable. */
public final class Patience implements AutoCloseable {
  private final Timer timer;

  private Patience(Timer timer) {
    this.timer = timer;
  }

  /**
   * Cancels a call when the milliseconds of {@code cancel-after=} have passed; without that field
   * never. To be closed when the call has ended.
   *
   * @param cancel runs on a thread of its own
   */
  public static Patience with(Call call, Runnable cancel) {
    Timer timer = new Timer("patience", true);
    int millis = call.getInt("cancel-after", 0);
    if (millis > 0) {
      timer.schedule(
          new TimerTask() {
            @Override
            public void run() {
              cancel.run();
            }
          },
          millis);
    }
    return new Patience(timer);
  }

  @Override
  public void close() {
    timer.cancel();
  }
}

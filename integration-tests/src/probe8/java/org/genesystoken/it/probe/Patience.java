package org.genesystoken.it.probe;

import java.io.IOException;
import java.net.URL;

/** An app that does not wait for ever. */
public final class Patience {
  private Patience() {}

  /**
   * Cancels a call when the server of {@code cancel-when=} answers; without that field never.
   *
   * @param cancel runs on a thread of its own
   */
  public static void with(Call call, Runnable cancel) {
    if (call.get("cancel-when", null) == null) {
      return;
    }
    Thread thread =
        new Thread(
            () -> {
              if (runsOut(call)) {
                cancel.run();
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Waits until the server of {@code cancel-when=} answers.
   *
   * @return false: there is no such field, or the server is gone, as the test will see
   */
  public static boolean runsOut(Call call) {
    String url = call.get("cancel-when", null);
    return url != null && answers(url);
  }

  /** Waits until that server answers; false: it is gone. */
  static boolean answers(String url) {
    try {
      new URL(url).openStream().close();
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}

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
    String url = call.get("cancel-when", null);
    if (url != null) {
      Thread thread = new Thread(() -> cancelWhenAnswered(url, cancel));
      thread.setDaemon(true);
      thread.start();
    }
  }

  private static void cancelWhenAnswered(String url, Runnable cancel) {
    try {
      new URL(url).openStream().close();
    } catch (IOException e) {
      // then the call is not cancelled, as the test will see
      return;
    }
    cancel.run();
  }
}

package org.genesystoken.it.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;

/** An HTTP client of the JDK's, as a legacy app uses it: with a token of its own. Thread-safe. */
abstract class Caller {
  static final String TOKEN = "Bearer static-token-of-the-app";

  /**
   * The client of a name.
   *
   * @param name {@code HttpURLConnection} or {@code java.net.http}
   */
  static Caller of(String name) throws ReflectiveOperationException {
    // By name, because Java 8 has no such client.
    return name.equals("HttpURLConnection")
        ? new UrlConnection()
        : Class.forName("org.genesystoken.it.bench.HttpClientCaller")
            .asSubclass(Caller.class)
            .getDeclaredConstructor()
            .newInstance();
  }

  /** Makes a GET, reads the body and returns the status. */
  abstract int get(String url) throws IOException, InterruptedException;

  private static final class UrlConnection extends Caller {
    @Override
    int get(String url) throws IOException {
      HttpURLConnection connection = (HttpURLConnection) new URL(url).openConnection();
      connection.setRequestProperty("Authorization", TOKEN);
      int status = connection.getResponseCode();
      byte[] buffer = new byte[1024];
      try (InputStream body =
          status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
        int read = 0;
        while (read >= 0) {
          read = body.read(buffer);
        }
      }
      return status;
    }
  }
}

package org.genesystoken.agent.clients.httpclient;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** What the JDK's client does not show, by reflection; used for rare calls only. Thread-safe. */
final class Internals {
  private static final String REQUEST = "jdk.internal.net.http.HttpRequestImpl";
  private static final String FUTURE = "jdk.internal.net.http.common.MinimalFuture";

  private Internals() {}

  /**
   * Whether a request is the handshake of a WebSocket, which comes through {@code sendAsync} too.
   * An app's own requests are of another class, unless it sends {@code response.request()} again.
   */
  static boolean isWebSocket(HttpRequest request) {
    if (!request.getClass().getName().equals(REQUEST)) {
      return false;
    }
    try {
      return (Boolean) value(request, "isWebSocket");
    } catch (ReflectiveOperationException | RuntimeException differs) {
      // Best left alone, as it may be one.
      return true;
    }
  }

  /** The threads that the client runs an app's subscribers on. */
  static Executor executor(HttpClient client) {
    if (client.executor().isPresent()) {
      return client.executor().get();
    }
    try {
      Object implementation = value(client, "impl");
      Method executor = implementation.getClass().getDeclaredMethod("theExecutor");
      executor.setAccessible(true);
      // Not theExecutor itself: it runs what it is given on the calling thread, if it can.
      return (Executor) value(executor.invoke(implementation), "delegate");
    } catch (ReflectiveOperationException | RuntimeException differs) {
      return new CompletableFuture<Void>().defaultExecutor();
    }
  }

  /** A future like those that the client gives to apps, of the JDK's own class. */
  static <T> CompletableFuture<T> future() {
    try {
      Class<?> type = Class.forName(FUTURE, true, HttpClient.class.getClassLoader());
      @SuppressWarnings("unchecked") // it has the same parameter
      CompletableFuture<T> made =
          (CompletableFuture<T>) type.getDeclaredConstructor().newInstance();
      return made;
    } catch (ReflectiveOperationException | RuntimeException differs) {
      return new CompletableFuture<>();
    }
  }

  private static Object value(Object of, String name) throws ReflectiveOperationException {
    Field field = of.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(of);
  }
}

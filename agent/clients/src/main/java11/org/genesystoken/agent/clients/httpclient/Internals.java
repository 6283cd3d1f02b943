package org.genesystoken.agent.clients.httpclient;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.security.AccessController;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * What the JDK's client does not show, by reflection; for rare calls but where told otherwise.
 * Thread-safe.
 */
final class Internals {
  private static final String REQUEST = "jdk.internal.net.http.HttpRequestImpl";
  private static final String TIMER = "jdk.internal.net.http.ResponseTimerEvent";

  private static final Constructor<HttpHeaders> HEADERS =
      privileged(
          () -> {
            Constructor<HttpHeaders> headers = HttpHeaders.class.getDeclaredConstructor(Map.class);
            headers.setAccessible(true);
            return headers;
          },
          null);

  private Internals() {}

  /**
   * Headers over a map that is neither copied nor checked, for each call: the JDK's own way makes a
   * kilobyte of garbage.
   *
   * @return null if there is no such constructor
   */
  static HttpHeaders headers(Map<String, List<String>> map) {
    try {
      return HEADERS == null ? null : HEADERS.newInstance(map);
    } catch (ReflectiveOperationException differs) {
      return null;
    }
  }

  /**
   * Whether a request is the handshake of a WebSocket, which comes through {@code sendAsync} too.
   * An app's own requests are of another class, unless it sends {@code response.request()} again.
   */
  static boolean isWebSocket(HttpRequest request) {
    if (!request.getClass().getName().equals(REQUEST)) {
      return false;
    }
    // Best left alone where that cannot be told.
    return privileged(() -> (Boolean) value(request, "isWebSocket"), true);
  }

  /**
   * The threads that the client runs an app's subscribers on.
   *
   * @param client the JDK's own behind the app's
   */
  static Executor executor(HttpClient client) {
    if (client.executor().isPresent()) {
      return client.executor().get();
    }
    Executor own =
        privileged(
            () -> {
              Method executor = client.getClass().getDeclaredMethod("theExecutor");
              executor.setAccessible(true);
              // Not theExecutor itself: it runs what it is given on the calling thread, if it can.
              return (Executor) value(executor.invoke(client), "delegate");
            },
            null);
    return own == null ? new CompletableFuture<Void>().defaultExecutor() : own;
  }

  /**
   * Whether an attempt goes to an HTTP proxy.
   *
   * @param attempt the JDK's exchange
   */
  static boolean isProxied(Object attempt) {
    return privileged(
        () -> {
          Object request = value(attempt, "currentreq");
          Method proxy = request.getClass().getDeclaredMethod("proxy");
          proxy.setAccessible(true);
          return proxy.invoke(request) != null;
        },
        false);
  }

  /** Ends an attempt as the JDK does when the time of its request is up. */
  static void timeOut(Object attempt) {
    // Where that cannot be done, the JDK's own timer ends it, later.
    privileged(
        () -> {
          Class<?> exchange = attempt.getClass();
          Class<?> type = Class.forName(TIMER, false, exchange.getClassLoader());
          Method of = type.getDeclaredMethod("of", exchange);
          of.setAccessible(true);
          Method handle = type.getMethod("handle");
          handle.setAccessible(true);
          return handle.invoke(of.invoke(null, attempt));
        },
        null);
  }

  /** By the agent's own permissions, where a security manager asks for those of the app. */
  private static <V> V privileged(PrivilegedExceptionAction<V> look, V otherwise) {
    try {
      return AccessController.doPrivileged(look);
    } catch (PrivilegedActionException | RuntimeException differs) {
      return otherwise;
    }
  }

  private static Object value(Object of, String name) throws ReflectiveOperationException {
    Field field = of.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(of);
  }
}

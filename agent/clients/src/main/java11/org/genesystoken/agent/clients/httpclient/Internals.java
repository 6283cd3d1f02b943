package org.genesystoken.agent.clients.httpclient;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.Proxy;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
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
  private static final String PACKAGE = "jdk.internal.net.http.";
  private static final String REQUEST = PACKAGE + "HttpRequestImpl";
  private static final String TIMER = PACKAGE + "ResponseTimerEvent";

  // Read for each call. Null where another release lacks the field: then the class that has it was
  // not woven, and nobody asks.
  private static final Field HANDLER = field("MultiExchange", "responseHandler");
  private static final Field HOP = field("MultiExchange", "currentreq");
  private static final Field USER_REQUEST = field("MultiExchange", "userRequest");
  private static final Field CANCELLED = field("MultiExchange", "cancelled");
  private static final Field CLIENT = field("MultiExchange", "client");
  private static final Field PROXY = field("HttpRequestImpl", "proxy");
  private static final Field WEB_SOCKET = field("HttpRequestImpl", "isWebSocket");
  private static final Field SYSTEM_HEADERS = field("HttpRequestImpl", "systemHeadersBuilder");
  private static final Field HEADERS_MAP = field("common.HttpHeadersBuilder", "headersMap");
  private static final Field STATUS = field("Response", "statusCode");
  private static final Field EXCHANGE = field("Response", "exchange");
  private static final Field MULTI = field("Exchange", "multi");

  /** Null: the class was loaded before the agent came. */
  private static final Field NOTE = field("HttpRequestImpl", JdkHttpClient.NOTE);

  private static final Notes NOTES = new Notes();

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
   * Headers over a map that is neither copied nor checked: the JDK's own way makes a kilobyte of
   * garbage.
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

  private static Field field(String type, String name) {
    return privileged(
        () -> {
          ClassLoader loader = HttpClient.class.getClassLoader();
          Field field = Class.forName(PACKAGE + type, false, loader).getDeclaredField(name);
          field.setAccessible(true);
          return field;
        },
        null);
  }

  private static Object read(Field field, Object of) {
    try {
      return field.get(of);
    } catch (IllegalAccessException closed) {
      throw new IllegalStateException(closed);
    }
  }

  /** What was noted of a hop, or null. */
  static Object note(HttpRequest hop) {
    return NOTE == null ? NOTES.get(hop) : read(NOTE, hop);
  }

  /**
   * @param note null: what was noted is forgotten
   */
  static void note(HttpRequest hop, Object note) {
    if (NOTE == null) {
      NOTES.put(hop, note);
      return;
    }
    try {
      NOTE.set(hop, note);
    } catch (IllegalAccessException closed) {
      throw new IllegalStateException(closed);
    }
  }

  /**
   * The body handler of a call.
   *
   * @param call the JDK's {@code MultiExchange}, as in all of these
   */
  static BodyHandler<?> handler(Object call) {
    return (BodyHandler<?>) read(HANDLER, call);
  }

  /** The request that is under way, one for each hop. */
  static HttpRequest hop(Object call) {
    return (HttpRequest) read(HOP, call);
  }

  /** What a call was begun with, by the app or in its place. */
  static HttpRequest request(Object call) {
    return (HttpRequest) read(USER_REQUEST, call);
  }

  /** Whether the app has cancelled a call. */
  static boolean isCancelled(Object call) {
    return (Boolean) read(CANCELLED, call);
  }

  static HttpClient client(Object call) {
    return (HttpClient) read(CLIENT, call);
  }

  /** The headers that the JDK adds to a hop. */
  @SuppressWarnings("unchecked") // of that type
  static Map<String, List<String>> systemHeaders(HttpRequest hop) {
    return (Map<String, List<String>>) read(HEADERS_MAP, read(SYSTEM_HEADERS, hop));
  }

  /** Not the handshake of a WebSocket, nor the CONNECT to a proxy. */
  static boolean isOfApp(Object call, HttpRequest hop) {
    return request(call) != null && !((Boolean) read(WEB_SOCKET, hop));
  }

  /** Whether a hop goes to an HTTP proxy. */
  static boolean isProxied(HttpRequest hop) {
    Proxy proxy = (Proxy) read(PROXY, hop);
    return proxy != null && proxy.type() == Proxy.Type.HTTP;
  }

  /** The status code of one of the JDK's responses. */
  static int status(Object response) {
    try {
      return STATUS.getInt(response);
    } catch (IllegalAccessException closed) {
      throw new IllegalStateException(closed);
    }
  }

  /** The call that one of the JDK's responses is for. */
  static Object call(Object response) {
    return read(MULTI, read(EXCHANGE, response));
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

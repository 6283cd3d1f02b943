package org.genesystoken.agent.clients.urlconnection;

import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.HttpURLConnection;
import java.net.URLConnection;
import java.security.AccessController;
import java.security.PrivilegedAction;
import sun.net.www.MessageHeader;

/**
 * The private state of the JDK's connection, by reflection: used after a 401 only, so its speed
 * does not matter. The names are the same from Java 8 to 25. Thread-safe.
 */
final class ConnectionState {
  /** Made by the first 401, as the class must not be asked for while it is being woven. */
  static final ConnectionState ACCESS =
      AccessController.doPrivileged(
          new PrivilegedAction<ConnectionState>() {
            @Override
            public ConnectionState run() {
              return new ConnectionState();
            }
          });

  private final Field requests;
  private final Field userHeaders;
  private final Field responses;
  private final Field inputStream;
  private final Field errorStream;
  private final Field rememberedException;
  private final Field rememberedExceptionOut;
  private final Field streamed;
  private final Field written;
  private final Field http;
  private final Field connected;
  private final Field responseCode;
  private final Field responseMessage;
  private final Method setCookieHeader;
  private final Method rawInput;

  private ConnectionState() {
    try {
      String name = "sun.net.www.protocol.http.HttpURLConnection";
      Class<?> type = Class.forName(name, false, null);
      requests = field(type, "requests");
      userHeaders = field(type, "userHeaders");
      responses = field(type, "responses");
      inputStream = field(type, "inputStream");
      errorStream = field(type, "errorStream");
      rememberedException = field(type, "rememberedException");
      rememberedExceptionOut = optionalField(type, "rememberedExceptionOut");
      streamed = field(type, "strOutputStream");
      written = field(Class.forName(name + "$StreamingOutputStream", false, null), "written");
      http = field(type, "http");
      connected = field(URLConnection.class, "connected");
      responseCode = field(HttpURLConnection.class, "responseCode");
      responseMessage = field(HttpURLConnection.class, "responseMessage");
      setCookieHeader = type.getDeclaredMethod("setCookieHeader");
      setCookieHeader.setAccessible(true);
      rawInput =
          Class.forName("sun.net.www.http.HttpClient", false, null).getMethod("getInputStream");
      rawInput.setAccessible(true);
    } catch (ReflectiveOperationException missing) {
      throw new LinkageError("HttpURLConnection", missing);
    }
  }

  private static Field field(Class<?> type, String name) throws NoSuchFieldException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  /** A field that some releases lack: null there. */
  private static Field optionalField(Class<?> type, String name) {
    try {
      return field(type, name);
    } catch (NoSuchFieldException older) {
      return null;
    }
  }

  private static Object get(Field field, Object of) {
    try {
      return field.get(of);
    } catch (IllegalAccessException closed) {
      throw new IllegalStateException(closed);
    }
  }

  private static void set(Field field, Object of, Object value) {
    try {
      if (field != null) {
        field.set(of, value);
      }
    } catch (IllegalAccessException closed) {
      throw new IllegalStateException(closed);
    }
  }

  MessageHeader requests(HttpURLConnection connection) {
    return (MessageHeader) get(requests, connection);
  }

  MessageHeader responses(HttpURLConnection connection) {
    return (MessageHeader) get(responses, connection);
  }

  /** The stream that {@code getErrorStream} would return, or null. */
  InputStream body(HttpURLConnection connection) {
    Object buffered = get(errorStream, connection);
    return (InputStream) (buffered != null ? buffered : get(inputStream, connection));
  }

  /** Has {@code getErrorStream} return another stream. */
  void body(HttpURLConnection connection, InputStream body) {
    set(get(errorStream, connection) != null ? errorStream : inputStream, connection, body);
  }

  /**
   * The body of a response that the JDK is about to drop, or null.
   *
   * @param client the JDK's HTTP client of the connection, may be null
   */
  InputStream unread(HttpURLConnection connection, Object client) {
    Object body = get(inputStream, connection);
    if (body != null || client == null) {
      return (InputStream) body;
    }
    try {
      return (InputStream) rawInput.invoke(client);
    } catch (ReflectiveOperationException closed) {
      throw new IllegalStateException(closed);
    }
  }

  /** How many bytes the app has streamed. */
  long written(HttpURLConnection connection) {
    Object stream = get(streamed, connection);
    return stream == null ? 0 : (Long) get(written, stream);
  }

  /** Makes the call fail, now and whenever it is asked again, as it did before a replay. */
  void fail(HttpURLConnection connection, Exception failure) {
    set(rememberedException, connection, failure);
  }

  /**
   * Makes the connection as it was before it was sent, but for its request, which the JDK then
   * sends again: what its own loop does between a 401 and the request with credentials.
   */
  void renew(HttpURLConnection connection) {
    boolean newCookies = responses(connection).findValue("Set-Cookie") != null;
    Authorization.withdraw(requests(connection), (MessageHeader) get(userHeaders, connection));
    set(rememberedException, connection, null);
    set(rememberedExceptionOut, connection, null);
    set(inputStream, connection, null);
    set(errorStream, connection, null);
    set(streamed, connection, null);
    set(http, connection, null);
    set(connected, connection, false);
    set(responseCode, connection, -1);
    set(responseMessage, connection, null);
    if (newCookies) {
      try {
        setCookieHeader.invoke(connection);
      } catch (ReflectiveOperationException ofHandler) {
        // As in the JDK's own loop a cookie handler may fail; the request keeps its old cookies.
      }
    }
  }
}

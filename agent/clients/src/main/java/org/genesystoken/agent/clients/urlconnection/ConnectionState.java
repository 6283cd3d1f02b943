package org.genesystoken.agent.clients.urlconnection;

import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.HttpURLConnection;
import java.net.URLConnection;
import sun.net.www.MessageHeader;

/**
 * The private state of the JDK's connection, by reflection: used after a 401 only, so its speed
 * does not matter. The names are the same from Java 8 to 25. Thread-safe.
 */
final class ConnectionState {
  /** Made by the first 401, as the class must not be asked for while it is being woven. */
  static final ConnectionState ACCESS = new ConnectionState();

  private final Field requests;
  private final Field userHeaders;
  private final Field responses;
  private final Field inputStream;
  private final Field errorStream;
  private final Field rememberedException;
  private final Field http;
  private final Field connected;
  private final Field responseCode;
  private final Field responseMessage;
  private final Method setCookieHeader;

  private ConnectionState() {
    try {
      Class<?> type = Class.forName("sun.net.www.protocol.http.HttpURLConnection", false, null);
      requests = field(type, "requests");
      userHeaders = field(type, "userHeaders");
      responses = field(type, "responses");
      inputStream = field(type, "inputStream");
      errorStream = field(type, "errorStream");
      rememberedException = field(type, "rememberedException");
      http = field(type, "http");
      connected = field(URLConnection.class, "connected");
      responseCode = field(HttpURLConnection.class, "responseCode");
      responseMessage = field(HttpURLConnection.class, "responseMessage");
      setCookieHeader = type.getDeclaredMethod("setCookieHeader");
      setCookieHeader.setAccessible(true);
    } catch (ReflectiveOperationException missing) {
      throw new LinkageError("HttpURLConnection", missing);
    }
  }

  private static Field field(Class<?> type, String name) throws NoSuchFieldException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  MessageHeader requests(HttpURLConnection connection) throws IllegalAccessException {
    return (MessageHeader) requests.get(connection);
  }

  MessageHeader responses(HttpURLConnection connection) throws IllegalAccessException {
    return (MessageHeader) responses.get(connection);
  }

  /** The stream that {@code getErrorStream} would return, or null. */
  InputStream body(HttpURLConnection connection) throws IllegalAccessException {
    Object buffered = errorStream.get(connection);
    return (InputStream) (buffered != null ? buffered : inputStream.get(connection));
  }

  /** Has {@code getErrorStream} return another stream. */
  void body(HttpURLConnection connection, InputStream body) throws IllegalAccessException {
    (errorStream.get(connection) != null ? errorStream : inputStream).set(connection, body);
  }

  /**
   * Makes the connection as it was before it was sent, but for its request, which the JDK then
   * sends again: what its own loop does between a 401 and the request with credentials.
   */
  void renew(HttpURLConnection connection) throws ReflectiveOperationException {
    boolean newCookies = responses(connection).findValue("Set-Cookie") != null;
    Authorization.withdraw(requests(connection), (MessageHeader) userHeaders.get(connection));
    rememberedException.set(connection, null);
    inputStream.set(connection, null);
    errorStream.set(connection, null);
    http.set(connection, null);
    connected.setBoolean(connection, false);
    responseCode.setInt(connection, -1);
    responseMessage.set(connection, null);
    if (newCookies) {
      setCookieHeader.invoke(connection);
    }
  }
}

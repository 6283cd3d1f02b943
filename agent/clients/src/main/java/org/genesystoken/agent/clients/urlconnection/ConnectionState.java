package org.genesystoken.agent.clients.urlconnection;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.HttpURLConnection;
import java.net.URLConnection;
import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import sun.net.www.MessageHeader;

/**
 * The private state of the JDK's connection, by reflection: used for refused calls and for those
 * whose app asks again, so its speed does not matter. The names are the same from Java 8 to 25.
 * Thread-safe.
 */
final class ConnectionState {
  /** Made by the first 401, as the class must not be asked for while it is being woven. */
  static final ConnectionState ACCESS =
      // By the agent's own permissions, where a security manager asks for those of the app.
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
  private final Field keepingAlive;
  private final Method getReadTimeout;
  private final Method setReadTimeout;
  private final Field connectionLock;
  private final Field[] outcome;

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
      Class<?> client = Class.forName("sun.net.www.http.HttpClient", false, null);
      rawInput = client.getMethod("getInputStream");
      rawInput.setAccessible(true);
      keepingAlive = field(client, "keepingAlive");
      getReadTimeout = client.getMethod("getReadTimeout");
      getReadTimeout.setAccessible(true);
      setReadTimeout = client.getMethod("setReadTimeout", int.class);
      setReadTimeout.setAccessible(true);
      connectionLock = optionalField(type, "connectionLock");
      outcome =
          new Field[] {
            rememberedException,
            rememberedExceptionOut,
            responseMessage,
            connected,
            field(URLConnection.class, "url"),
            field(HttpURLConnection.class, "method")
          };
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
      return field == null ? null : field.get(of);
    } catch (IllegalAccessException closed) {
      throw new IllegalStateException(closed);
    }
  }

  private static Object call(Method method, Object of, Object... arguments) {
    try {
      return method.invoke(of, arguments);
    } catch (ReflectiveOperationException closed) {
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
   * What keeps the threads that use a connection apart. Up to Java 11 that is the connection's
   * monitor, which woven code is inside of anyway.
   */
  Lock lock(HttpURLConnection connection) {
    Object lock = get(connectionLock, connection);
    return lock == null ? new ReentrantLock() : (Lock) lock;
  }

  /** The status that the app would be told without asking the server, or -1. */
  int status(HttpURLConnection connection) {
    return (Integer) get(responseCode, connection);
  }

  void status(HttpURLConnection connection, int status) {
    set(responseCode, connection, status);
  }

  /** The exception that the JDK repeats to whoever asks again, or null. */
  Exception remembered(HttpURLConnection connection) {
    return (Exception) get(rememberedException, connection);
  }

  /**
   * The JDK's HTTP client that {@link #body} reads from, or null if the body is there already or
   * the JDK has buffered some of it.
   */
  Object client(HttpURLConnection connection) {
    return get(errorStream, connection) != null ? null : get(http, connection);
  }

  /**
   * The read time-out of a JDK's HTTP client.
   *
   * @param client null: one that does not matter
   */
  Head.ReadTimeout readTimeout(final Object client) {
    return new Head.ReadTimeout() {
      @Override
      public int millis() {
        return client == null ? 0 : (Integer) call(getReadTimeout, client);
      }

      @Override
      public void millis(int millis) {
        if (client != null) {
          call(setReadTimeout, client, millis);
        }
      }
    };
  }

  /**
   * The body of a response that the JDK is about to drop, or null.
   *
   * @param client the JDK's HTTP client of the connection, may be null; the JDK will close it, so
   *     it must not go to the pool when the body has been read
   */
  InputStream unread(HttpURLConnection connection, Object client) {
    if (client != null) {
      set(keepingAlive, client, false);
    }
    Object body = get(inputStream, connection);
    return (InputStream) (body != null || client == null ? body : call(rawInput, client));
  }

  /** Whether the app has asked for a stream that the JDK does not keep. */
  boolean isStreamed(HttpURLConnection connection) {
    return get(streamed, connection) != null;
  }

  /** How many bytes the app has streamed. */
  long written(HttpURLConnection connection) {
    Object stream = get(streamed, connection);
    return stream == null ? 0 : (Long) get(written, stream);
  }

  /** What the app sees of a call that was answered. */
  static final class Outcome {
    private final IOException failure;
    private final int status;
    private final MessageHeader headers;
    private final InputStream body;
    private final Object[] values;

    /** Weak, as the stream holds its connection, with which this is to end. */
    private final Reference<Object> streamed;

    private Outcome(
        IOException failure,
        int status,
        MessageHeader headers,
        InputStream body,
        Object[] values,
        Object streamed) {
      this.streamed = new WeakReference<>(streamed);
      this.failure = failure;
      this.status = status;
      this.headers = headers;
      this.body = body;
      this.values = values;
    }

    /** Whether the JDK repeats the exception when the answer is asked for: not before a body. */
    boolean isRemembered() {
      return values[0] != null;
    }
  }

  /**
   * Notes what the app would see if a call was not sent again.
   *
   * @param failure what the app's method would throw
   * @param body null if there is none, or the JDK has dropped it
   */
  Outcome outcome(HttpURLConnection connection, IOException failure, int status, InputStream body) {
    Object[] values = new Object[outcome.length];
    for (int i = 0; i < outcome.length; i++) {
      values[i] = get(outcome[i], connection);
    }
    return new Outcome(
        failure, status, copy(responses(connection)), body, values, get(streamed, connection));
  }

  /** Brings back what was noted, and returns the exception of it. */
  IOException restore(HttpURLConnection connection, Outcome noted) {
    for (int i = 0; i < outcome.length; i++) {
      set(outcome[i], connection, noted.values[i]);
    }
    set(streamed, connection, noted.streamed.get());
    set(responses, connection, noted.headers);
    set(inputStream, connection, noted.body);
    set(errorStream, connection, null);
    set(http, connection, null);
    status(connection, noted.status);
    return noted.failure;
  }

  /** The JDK uses the object that it has for the next answer too. */
  private static MessageHeader copy(MessageHeader from) {
    MessageHeader to = new MessageHeader();
    for (int i = 0; from.getKey(i) != null || from.getValue(i) != null; i++) {
      to.add(from.getKey(i), from.getValue(i));
    }
    return to;
  }

  /**
   * Makes the connection as it was before it was sent, but for its request, which the JDK then
   * sends again: what its own loop does between a 401 and the request with credentials.
   */
  void renew(HttpURLConnection connection) {
    boolean newCookies = responses(connection).findValue("Set-Cookie") != null;
    responses(connection).reset();
    Authorization.withdraw(requests(connection), (MessageHeader) get(userHeaders, connection));
    set(rememberedException, connection, null);
    set(rememberedExceptionOut, connection, null);
    set(inputStream, connection, null);
    set(errorStream, connection, null);
    set(streamed, connection, null);
    set(http, connection, null);
    set(connected, connection, false);
    status(connection, -1);
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

package org.genesystoken.agent.clients.urlconnection;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.genesystoken.agent.core.policy.ApiAnswer;
import org.genesystoken.agent.core.policy.RefusedCall;
import org.genesystoken.agent.core.policy.TokenPolicy;
import sun.net.www.MessageHeader;

/** The first bytes of a refusal's body, as far as they came in time. Immutable. */
final class Head {
  /** Nothing was read. */
  static final Head NONE = new Head(new byte[0], 0, false);

  private final byte[] bytes;
  private final int length;
  private final boolean whole;

  private Head(byte[] bytes, int length, boolean whole) {
    this.bytes = bytes;
    this.length = length;
    this.whole = whole;
  }

  /** How long a read waits, in milliseconds; 0 and less: for ever. */
  interface ReadTimeout {
    int millis();

    void millis(int millis);
  }

  /**
   * Reads where it can matter: a body of a type that may say expired, or one that will not be
   * needed because the headers say what is to be known.
   *
   * @param body may be null
   * @param client the JDK's HTTP client that the body comes from, may be null
   */
  static Head of(
      RefusedCall call, int status, HttpURLConnection connection, InputStream body, Object client) {
    MessageHeader responses = ConnectionState.ACCESS.responses(connection);
    if (!call.isTelling(NONE.answer(status, responses), responses.findValue("Content-Type"))) {
      return NONE;
    }
    return read(body, contentLength(responses), ConnectionState.ACCESS.readTimeout(client));
  }

  /**
   * Reads as far as the body reaches, or the buffer, or the time. If reading fails, the app will
   * see it fail at the same place.
   *
   * @param contentLength bytes, -1 if not known
   */
  static Head read(InputStream body, long contentLength, ReadTimeout timeout) {
    byte[] bytes = new byte[TokenPolicy.BODY_LIMIT];
    int length = 0;
    boolean whole = body == null;
    boolean late = false;
    int before = timeout.millis();
    int patience =
        before > 0 ? Math.min(before, TokenPolicy.BODY_PATIENCE) : TokenPolicy.BODY_PATIENCE;
    long start = System.nanoTime();
    timeout.millis(patience);
    try {
      while (!whole && !late && length < bytes.length) {
        int read = body.read(bytes, length, bytes.length - length);
        length += Math.max(0, read);
        whole = read < 0 || length == contentLength;
        late = !whole && System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(patience);
      }
    } catch (IOException slowOrBroken) {
      // What came before it counts.
    }
    // A connection whose answer was read to its end may be another call's by now; the JDK sets the
    // time-out for each call.
    if (!whole) {
      timeout.millis(before);
    }
    return new Head(bytes, length, whole);
  }

  /** The answer that this is the body of, as far as it came in time. */
  ApiAnswer answer(int status, MessageHeader responses) {
    return ApiAnswer.of(
            status,
            values(responses, "WWW-Authenticate"),
            responses.findValue("Retry-After"),
            responses.findValue("Content-Encoding"))
        .dated(responses.findValue("Date"))
        .withBody(bytes, length);
  }

  /** Whether these bytes are the body. */
  boolean isWhole() {
    return whole;
  }

  /** The bytes alone. */
  InputStream stream() {
    return new ByteArrayInputStream(bytes, 0, length);
  }

  /** The body as if it had not been looked at. */
  InputStream before(InputStream rest) {
    return length == 0 ? rest : new UnreadStream(bytes, length, rest);
  }

  private static long contentLength(MessageHeader responses) {
    String value = responses.findValue("Content-Length");
    if (value == null || responses.findValue("Transfer-Encoding") != null) {
      return -1;
    }
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException unknown) {
      return -1;
    }
  }

  private static List<String> values(MessageHeader headers, String name) {
    List<String> values = new ArrayList<>();
    Iterator<String> each = headers.multiValueIterator(name);
    while (each.hasNext()) {
      values.add(each.next());
    }
    return values;
  }
}

package org.genesystoken.agent.clients.urlconnection;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.net.URL;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiFunction;
import org.genesystoken.agent.clients.urlconnection.Refusals.Refusal;
import org.genesystoken.agent.core.policy.TokenPolicy;
import sun.net.www.MessageHeader;

/**
 * Decides what becomes of a failed call: given the exception and the connection, returns the
 * exception if the app is to see it, or null if the connection was made as new and the call is to
 * be sent again.
 */
final class Replay implements BiFunction<Object, Object, Object> {
  private final TokenPolicy policy;
  private final Refusals refusals;

  Replay(TokenPolicy policy, Refusals refusals) {
    this.policy = policy;
    this.refusals = refusals;
  }

  @Override
  public Object apply(Object failure, Object connection) {
    try {
      return replays((IOException) failure, (HttpURLConnection) connection) ? null : failure;
    } catch (ReflectiveOperationException unexpected) {
      throw new IllegalStateException(unexpected);
    }
  }

  private boolean replays(IOException failure, HttpURLConnection connection)
      throws ReflectiveOperationException {
    ConnectionState state = ConnectionState.ACCESS;
    MessageHeader requests = state.requests(connection);
    Refusal refusal = refusals.take(requests);
    // The JDK cannot repeat a streamed body, and has closed the connection with the 401 unread.
    if (refusal == null || failure instanceof HttpRetryException) {
      return false;
    }
    URL url = connection.getURL();
    if (!policy.covers(url.getProtocol(), url.getHost(), url.getPort(), url.getFile())
        || !policy.mayReplace(refusal.sent)) {
      return false;
    }
    MessageHeader responses = state.responses(connection);
    // After a 401 the JDK may have gone on by itself, with credentials, and have failed otherwise.
    if (!Refusals.is401(responses)) {
      return false;
    }
    InputStream body = state.body(connection);
    byte[] head = new byte[TokenPolicy.BODY_LIMIT];
    int length = read(body, head);
    boolean expired =
        policy.meansExpired(
            401,
            values(responses, "WWW-Authenticate"),
            responses.findValue("Content-Encoding"),
            head,
            length);
    if (expired && refusal.ofReplay) {
      policy.replayRefused(refusal.sent);
    } else if (expired && policy.renew(refusal.sent)) {
      close(body);
      refusals.replaying(requests);
      state.renew(connection);
      return true;
    }
    if (body != null) {
      state.body(connection, new UnreadStream(head, length, body));
    }
    return false;
  }

  /**
   * Fills the buffer as far as the body reaches. If reading fails, the app will see it fail at the
   * same place.
   */
  private static int read(InputStream body, byte[] buffer) {
    int length = 0;
    try {
      while (body != null && length < buffer.length) {
        int read = body.read(buffer, length, buffer.length - length);
        if (read < 0) {
          break;
        }
        length += read;
      }
    } catch (IOException broken) {
      return length;
    }
    return length;
  }

  /** Closing reads a short rest, so that the connection goes back to the JDK's pool. */
  private static void close(InputStream body) {
    try {
      if (body != null) {
        body.close();
      }
    } catch (IOException lost) {
      // Then the replay opens another connection.
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

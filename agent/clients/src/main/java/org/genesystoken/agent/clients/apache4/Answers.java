package org.genesystoken.agent.clients.apache4;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.http.Header;
import org.apache.http.HttpEntity;
import org.apache.http.HttpHeaders;
import org.apache.http.HttpResponse;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.genesystoken.agent.clients.body.Head;
import org.genesystoken.agent.core.policy.ApiAnswer;
import org.genesystoken.agent.core.policy.RefusedCall;

/** Refusals, as core wants to see them and as the app is to get them. */
final class Answers {
  private Answers() {}

  /** The answer by its headers. */
  static ApiAnswer of(HttpResponse response) {
    List<String> challenges = new ArrayList<>();
    for (Header header : response.getHeaders(HttpHeaders.WWW_AUTHENTICATE)) {
      challenges.add(header.getValue());
    }
    return ApiAnswer.of(
            response.getStatusLine().getStatusCode(),
            challenges,
            value(response, HttpHeaders.RETRY_AFTER),
            value(response, HttpHeaders.CONTENT_ENCODING))
        .dated(value(response, HttpHeaders.DATE));
  }

  /**
   * Reads where it can matter: a body of a type that may say expired, or one that will not be
   * needed because the headers say what is to be known.
   */
  static Head head(RefusedCall call, HttpResponse response) {
    Head head = new Head();
    HttpEntity entity = response.getEntity();
    if (entity == null) {
      head.none();
    } else if (call.isTelling(of(response), value(response, HttpHeaders.CONTENT_TYPE))) {
      try {
        head.read(entity.getContent());
      } catch (IOException | UnsupportedOperationException unreadable) {
        // the app will see it too
      }
    }
    return head;
  }

  /** The response, with its body as if nobody had looked at it. */
  static <T extends HttpResponse> T handOver(T response, Head head) {
    if (head.unread() != null) {
      response.setEntity(new UnreadEntity(response.getEntity(), head.unread()));
    }
    return response;
  }

  /** Gives the connection back: to the pool if the rest is short, else it is closed. */
  static void drop(CloseableHttpResponse response, Head head) {
    try {
      if (!head.isWhole()) {
        head.drain(response.getEntity().getContent());
      }
      response.close();
    } catch (IOException | UnsupportedOperationException lost) {
      // then the library has closed the connection
    }
  }

  private static String value(HttpResponse response, String name) {
    Header header = response.getFirstHeader(name);
    return header == null ? null : header.getValue();
  }
}

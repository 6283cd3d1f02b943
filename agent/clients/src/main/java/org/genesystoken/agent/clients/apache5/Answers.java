package org.genesystoken.agent.clients.apache5;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;
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
            response.getCode(),
            challenges,
            value(response, HttpHeaders.RETRY_AFTER),
            value(response, HttpHeaders.CONTENT_ENCODING))
        .dated(value(response, HttpHeaders.DATE));
  }

  /**
   * Reads where it can matter: a body of a type that may say expired, or one that will not be
   * needed because the headers say what is to be known.
   */
  static Head head(RefusedCall call, ClassicHttpResponse response) {
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
  static ClassicHttpResponse handOver(ClassicHttpResponse response, Head head) {
    if (head.unread() != null) {
      response.setEntity(new UnreadEntity(response.getEntity(), head.unread()));
    }
    return response;
  }

  /** Reads the rest off; false: there is too much of it. */
  static boolean drain(ClassicHttpResponse response, Head head) throws IOException {
    return head.isWhole() || head.drain(response.getEntity().getContent());
  }

  private static String value(HttpResponse response, String name) {
    Header header = response.getFirstHeader(name);
    return header == null ? null : header.getValue();
  }
}

package org.genesystoken.agent.clients.apache4;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.http.Header;
import org.apache.http.HttpHeaders;
import org.apache.http.HttpRequest;
import org.apache.http.message.BasicHeader;

/**
 * The Authorization that a request has while it is written, and no longer. It remembers the app's
 * own. Immutable.
 */
final class TokenHeader extends BasicHeader {
  private static final long serialVersionUID = 1;

  /** What this thread is writing; bytes of the JDK's, so that nothing of the app's is held. */
  private static final ThreadLocal<byte[]> WRITTEN = new ThreadLocal<>();

  private final transient Header own;

  /**
   * @param own the app's header, may be null
   */
  private TokenHeader(String value, Header own) {
    super(own == null ? HttpHeaders.AUTHORIZATION : own.getName(), value);
    this.own = own;
  }

  /** Puts the header in, where the app's is if there is one. */
  static void present(HttpRequest request, String value) {
    request.setHeader(new TokenHeader(value, request.getFirstHeader(HttpHeaders.AUTHORIZATION)));
    WRITTEN.set(value.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Gives the request back what the app has set; nothing if that has been done. */
  static HttpRequest withdraw(HttpRequest request) {
    Header header = request.getFirstHeader(HttpHeaders.AUTHORIZATION);
    if (header instanceof TokenHeader) {
      Header own = ((TokenHeader) header).own;
      if (own == null) {
        request.removeHeaders(HttpHeaders.AUTHORIZATION);
      } else {
        request.setHeader(own);
      }
      WRITTEN.remove();
    }
    return request;
  }

  /** Bytes for a log, with asterisks for the token. */
  static byte[] masked(byte[] bytes) {
    byte[] token = WRITTEN.get();
    if (token == null || bytes == null) {
      return bytes;
    }
    for (int at = 0; at <= bytes.length - token.length; at++) {
      int same = 0;
      while (same < token.length && bytes[at + same] == token[same]) {
        same++;
      }
      if (same == token.length) {
        byte[] masked = bytes.clone();
        Arrays.fill(masked, at, at + same, (byte) '*');
        return masked;
      }
    }
    return bytes;
  }
}

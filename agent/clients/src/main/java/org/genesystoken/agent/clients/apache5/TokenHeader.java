package org.genesystoken.agent.clients.apache5;

import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.message.BasicHeader;
import org.genesystoken.agent.clients.body.WrittenToken;

/**
 * The Authorization that a request has while it is written, and no longer. It remembers the app's
 * own, which is what the library logs in its place. Immutable.
 */
final class TokenHeader extends BasicHeader {
  private static final long serialVersionUID = 1;

  private final transient Header own;

  /**
   * @param own the app's header, may be null
   */
  private TokenHeader(String value, Header own) {
    super(own == null ? HttpHeaders.AUTHORIZATION : own.getName(), value, true);
    this.own = own;
  }

  /** Puts the header in, where the app's is if there is one. */
  static void present(HttpRequest request, String value) {
    request.setHeader(new TokenHeader(value, request.getFirstHeader(HttpHeaders.AUTHORIZATION)));
    WrittenToken.set(value);
  }

  /** The same header with asterisks for its value. */
  static Header masked(Header header) {
    return new BasicHeader(header.getName(), "****", true);
  }

  @Override
  public String toString() {
    return own == null ? masked(this).toString() : own.toString();
  }

  /** Gives the request back what the app has set; nothing if that has been done. */
  static void withdraw(HttpRequest request) {
    Header header = request.getFirstHeader(HttpHeaders.AUTHORIZATION);
    if (header instanceof TokenHeader) {
      Header own = ((TokenHeader) header).own;
      if (own == null) {
        request.removeHeaders(HttpHeaders.AUTHORIZATION);
      } else {
        request.setHeader(own);
      }
    }
  }
}

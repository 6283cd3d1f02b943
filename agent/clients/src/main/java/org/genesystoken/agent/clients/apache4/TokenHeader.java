package org.genesystoken.agent.clients.apache4;

import org.apache.http.Header;
import org.apache.http.HttpHeaders;
import org.apache.http.HttpRequest;
import org.apache.http.message.BasicHeader;
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
    super(own == null ? HttpHeaders.AUTHORIZATION : own.getName(), value);
    this.own = own;
  }

  /** Puts the header in, where the app's is if there is one. */
  static void present(HttpRequest request, String value) {
    request.setHeader(new TokenHeader(value, request.getFirstHeader(HttpHeaders.AUTHORIZATION)));
    WrittenToken.set(value);
  }

  @Override
  public String toString() {
    return own == null ? new BasicHeader(getName(), "****").toString() : own.toString();
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
    }
    return request;
  }
}

package org.genesystoken.agent.core.policy;

import java.util.List;

/** What a client tells of an answer that {@link TokenPolicy#looksAt} wants to see. Immutable. */
public final class ApiAnswer {
  private static final byte[] NOTHING = new byte[0];

  private final int status;
  private final List<String> wwwAuthenticate;
  private final String retryAfter;
  private final String date;
  private final String contentEncoding;
  private final byte[] head;
  private final int length;

  private ApiAnswer(
      int status,
      List<String> wwwAuthenticate,
      String retryAfter,
      String date,
      String contentEncoding,
      byte[] head,
      int length) {
    this.status = status;
    this.wwwAuthenticate = wwwAuthenticate;
    this.retryAfter = retryAfter;
    this.date = date;
    this.contentEncoding = contentEncoding;
    this.head = head;
    this.length = length;
  }

  /**
   * An answer whose body was not looked at.
   *
   * @param wwwAuthenticate the values of that header, in order; not copied, may be empty or null
   * @param retryAfter value of that header, or null
   * @param contentEncoding value of that header, or null
   */
  public static ApiAnswer of(
      int status, List<String> wwwAuthenticate, String retryAfter, String contentEncoding) {
    return new ApiAnswer(status, wwwAuthenticate, retryAfter, null, contentEncoding, NOTHING, 0);
  }

  /**
   * The same answer with the time that its server took it to be.
   *
   * @param value value of the header {@code Date}, or null
   */
  public ApiAnswer dated(String value) {
    return new ApiAnswer(status, wwwAuthenticate, retryAfter, value, contentEncoding, head, length);
  }

  /**
   * The same answer with the first bytes of its body.
   *
   * @param bytes as they came, at most {@link TokenPolicy#BODY_LIMIT} of them count; not copied
   * @param count how many of them are valid
   */
  public ApiAnswer withBody(byte[] bytes, int count) {
    return new ApiAnswer(
        status,
        wwwAuthenticate,
        retryAfter,
        date,
        contentEncoding,
        bytes,
        Math.min(count, TokenPolicy.BODY_LIMIT));
  }

  public int status() {
    return status;
  }

  /** May be null or empty. */
  public List<String> wwwAuthenticate() {
    return wwwAuthenticate;
  }

  /** May be null. */
  public String retryAfter() {
    return retryAfter;
  }

  /** May be null. */
  public String date() {
    return date;
  }

  /** May be null. */
  public String contentEncoding() {
    return contentEncoding;
  }

  /** The bytes of which the first {@link #length} are valid; never null. */
  public byte[] head() {
    return head;
  }

  public int length() {
    return length;
  }
}

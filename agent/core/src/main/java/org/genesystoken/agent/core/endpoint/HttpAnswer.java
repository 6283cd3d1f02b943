package org.genesystoken.agent.core.endpoint;

/** What the token endpoint answered. */
final class HttpAnswer {
  private final int status;
  private final String retryAfter;
  private final String date;
  private final byte[] body;

  /**
   * @param retryAfter value of that header, or null
   * @param date value of that header, or null
   * @param body not copied
   */
  HttpAnswer(int status, String retryAfter, String date, byte[] body) {
    this.status = status;
    this.retryAfter = retryAfter;
    this.date = date;
    this.body = body;
  }

  int status() {
    return status;
  }

  String retryAfter() {
    return retryAfter;
  }

  String date() {
    return date;
  }

  byte[] body() {
    return body;
  }
}

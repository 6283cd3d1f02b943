package org.genesystoken.agent.clients.httpclient;

import java.net.http.HttpResponse;

/** The body of a refusal whose call was replayed: no app sees it, but the replay's answer. */
final class Replayed {
  private final HttpResponse<?> answer;

  private Replayed(HttpResponse<?> answer) {
    this.answer = answer;
  }

  /**
   * The body for a refusal.
   *
   * @param response what the JDK answered to its replay
   */
  @SuppressWarnings("unchecked") // nobody takes it for a body
  static <T> T with(HttpResponse<T> response) {
    return (T) new Replayed(answer(response));
  }

  /** What the app gets for a response of the JDK: that, or what its replay was answered. */
  @SuppressWarnings("unchecked") // a replay has the body handler of its call
  static <T> HttpResponse<T> answer(HttpResponse<T> response) {
    Object body = response.body();
    return body instanceof Replayed ? (HttpResponse<T>) ((Replayed) body).answer : response;
  }
}

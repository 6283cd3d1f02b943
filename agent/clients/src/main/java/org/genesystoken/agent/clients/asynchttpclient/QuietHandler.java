package org.genesystoken.agent.clients.asynchttpclient;

import io.netty.handler.codec.http.HttpHeaders;
import org.asynchttpclient.AsyncHandler;
import org.asynchttpclient.HttpResponseBodyPart;
import org.asynchttpclient.HttpResponseStatus;

/** Is told, in place of the app's handler, that a request is sent again. */
final class QuietHandler implements AsyncHandler<Object> {
  static final QuietHandler INSTANCE = new QuietHandler();

  private QuietHandler() {}

  @Override
  public State onStatusReceived(HttpResponseStatus status) {
    return State.CONTINUE;
  }

  @Override
  public State onHeadersReceived(HttpHeaders headers) {
    return State.CONTINUE;
  }

  @Override
  public State onBodyPartReceived(HttpResponseBodyPart part) {
    return State.CONTINUE;
  }

  @Override
  public void onThrowable(Throwable failure) {}

  @Override
  public Object onCompleted() {
    return null;
  }
}

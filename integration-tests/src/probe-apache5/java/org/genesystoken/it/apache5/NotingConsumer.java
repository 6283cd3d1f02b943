package org.genesystoken.it.apache5;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.message.StatusLine;
import org.apache.hc.core5.http.nio.AsyncResponseConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.genesystoken.it.probe.Bytes;
import org.genesystoken.it.probe.Outcome;

/** Notes what the app is told of an answer, in order; parts of a body count as one. */
final class NotingConsumer implements AsyncResponseConsumer<NotingConsumer> {
  private final int window;
  private final String abort;
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private volatile HttpResponse response;
  private volatile FutureCallback<NotingConsumer> done;
  private volatile boolean bodyless;

  /**
   * @param window how many bytes are asked for at once; 0: all
   * @param abort the event at which the app's code throws
   */
  NotingConsumer(int window, String abort) {
    this.window = window;
    this.abort = abort;
  }

  String status() {
    return String.valueOf(response.getCode());
  }

  void describe(Outcome outcome) {
    outcome.add("code", response.getCode());
    outcome.add("status line", new StatusLine(response));
    outcome.headers("header", Apache5Caller.headers(response.getHeaders()));
    outcome.add("body", bodyless ? "none" : Bytes.describe(body.toByteArray()));
  }

  void describeEvents(Outcome outcome) {
    for (String event : events) {
      outcome.add("event", event);
    }
  }

  private void note(String event, String kind) throws IOException {
    if (events.isEmpty() || !events.get(events.size() - 1).equals(event)) {
      events.add(event);
    }
    if (kind.equals(abort)) {
      throw new IOException("on purpose");
    }
  }

  @Override
  public void informationResponse(HttpResponse information, HttpContext context)
      throws IOException {
    note("information " + information.getCode(), "information");
  }

  @Override
  public void consumeResponse(
      HttpResponse answer,
      EntityDetails entity,
      HttpContext context,
      FutureCallback<NotingConsumer> callback)
      throws HttpException, IOException {
    response = answer;
    done = callback;
    bodyless = entity == null;
    note("status " + answer.getCode(), "status");
    if (bodyless) {
      note("completed", "completed");
      callback.completed(this);
    }
  }

  @Override
  public void updateCapacity(CapacityChannel channel) throws IOException {
    channel.update(window == 0 ? Integer.MAX_VALUE : window);
  }

  @Override
  public void consume(ByteBuffer bytes) throws IOException {
    note("body", "body");
    while (bytes.hasRemaining()) {
      body.write(bytes.get());
    }
  }

  @Override
  public void streamEnd(List<? extends Header> trailers) throws IOException {
    note(
        trailers == null || trailers.isEmpty() ? "completed" : "completed " + trailers,
        "completed");
    done.completed(this);
  }

  @Override
  public void failed(Exception cause) {
    // 5.0 may say that it has cancelled what has just been completed
    if (events.isEmpty() || !events.get(events.size() - 1).startsWith("completed")) {
      events.add("failure " + cause.getClass().getName());
    }
  }

  @Override
  public void releaseResources() {}
}

package org.genesystoken.agent.clients.apache5;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.RequestChannel;
import org.apache.hc.core5.http.protocol.HttpContext;

/** The library's handler of an exchange: sends the request, notes what it is told. */
final class ToldLibrary implements AsyncClientExchangeHandler {
  final List<String> events = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, CountDownLatch> awaited = new ConcurrentHashMap<>();
  private final HttpRequest request;
  private final AsyncEntityProducer body;

  ToldLibrary(HttpRequest request, AsyncEntityProducer body) {
    this.request = request;
    this.body = body;
  }

  /** Waits until it is told that, on another thread. */
  void await(String event) throws InterruptedException {
    assertThat(latch(event).await(10, TimeUnit.SECONDS)).as(event).isTrue();
  }

  private CountDownLatch latch(String event) {
    return awaited.computeIfAbsent(event, told -> new CountDownLatch(1));
  }

  private void told(String event) {
    events.add(event);
    latch(event).countDown();
  }

  @Override
  public void produceRequest(RequestChannel channel, HttpContext context)
      throws HttpException, IOException {
    told("request");
    channel.sendRequest(request, body, context);
  }

  @Override
  public int available() {
    return body.available();
  }

  @Override
  public void produce(DataStreamChannel channel) throws IOException {
    told("produce");
    body.produce(channel);
  }

  @Override
  public void consumeInformation(HttpResponse response, HttpContext context) {
    told("information " + response.getCode());
  }

  @Override
  public void consumeResponse(HttpResponse response, EntityDetails entity, HttpContext context) {
    told("response " + response.getCode());
  }

  @Override
  public void updateCapacity(CapacityChannel channel) {
    told("capacity");
  }

  @Override
  public void consume(ByteBuffer bytes) {
    told("body " + StandardCharsets.US_ASCII.decode(bytes));
  }

  @Override
  public void streamEnd(List<? extends Header> trailers) {
    told("end " + trailers);
  }

  @Override
  public void failed(Exception cause) {
    told("failed " + cause.getMessage());
  }

  @Override
  public void cancel() {
    told("cancel");
  }

  @Override
  public void releaseResources() {
    told("release");
  }
}

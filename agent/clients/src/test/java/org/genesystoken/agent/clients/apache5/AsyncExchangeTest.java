package org.genesystoken.agent.clients.apache5;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.RouteInfo;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.ComplexFuture;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.impl.BasicEntityDetails;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.entity.StringAsyncEntityProducer;
import org.genesystoken.agent.clients.ScriptedPolicy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AsyncExchangeTest {
  private static final String EXPIRED = "{\"code\":\"bad.credentials\"}";

  private final ScriptedPolicy policy = new ScriptedPolicy("http");
  private final BasicHttpRequest request =
      new BasicHttpRequest("GET", new HttpHost("http", ScriptedPolicy.HOST, 80), "/api/v2/x");
  private final HttpClientContext context = HttpClientContext.create();
  private final ComplexFuture<Object> future = new ComplexFuture<>(null);
  private final List<AsyncClientExchangeHandler> replays = new ArrayList<>();
  private final List<String> written = new ArrayList<>();
  private boolean connected = true;
  private ToldLibrary library;
  private AsyncClientExchangeHandler first;

  @BeforeEach
  void noBodyIsLate() {
    policy.pause = new CompletableFuture<>();
  }

  @Test
  void aRefusalIsNotForTheLibraryWhichHearsOfOneCall() throws Exception {
    // given
    exchange("http", null);
    request.setHeader("Authorization", "Bearer stale");

    // when
    send(first);
    refuse(first);
    policy.managed = "Bearer new";
    send(replays.get(0));
    replays.get(0).consumeResponse(new BasicHttpResponse(200), null, context);

    // then
    assertThat(library.events).containsExactly("request", "response 200");
    assertThat(written).containsExactly("Bearer managed", "Bearer new");
    assertThat(policy.renewed).containsExactly("Bearer managed");
    assertThat(request.getFirstHeader("Authorization").getValue()).isEqualTo("Bearer stale");
  }

  @Test
  void whatIsNotSentAgainIsHandedOverAsItCame() throws Exception {
    // given
    policy.expired = false;
    exchange("http", null);

    // when
    send(first);
    refuse(first, new BasicHeader("X-Sum", "1"));
    first.releaseResources();

    // then
    assertThat(library.events)
        .containsExactly("request", "response 401", "body " + EXPIRED, "end [X-Sum: 1]", "release");
    assertThat(replays).isEmpty();
  }

  @Test
  void asLongAsItIsDecidedOnNotAllOfALongBodyIsAskedFor() throws Exception {
    // given
    policy.renewal = new CompletableFuture<>();
    exchange("http", null);
    List<Integer> asked = new ArrayList<>();

    // when
    send(first);
    first.consumeResponse(new BasicHttpResponse(401), new BasicEntityDetails(-1, null), context);
    first.consume(bytes("x".repeat(8192)));
    first.updateCapacity(asked::add);

    // then
    assertThat(asked).hasSize(1);

    // when
    for (int i = 0; i < 16; i++) {
      first.consume(bytes("x".repeat(8192)));
    }
    first.updateCapacity(asked::add);

    // then
    assertThat(asked).hasSize(1);

    // when
    policy.renewal.complete(true);
    library.await("capacity");

    // then
    assertThat(library.events).hasSize(2 + 17 + 1).endsWith("capacity");
    assertThat(replays).isEmpty();
  }

  @Test
  void theRestOfARefusalIsReadOff() throws Exception {
    // given
    exchange("http", null);
    List<Integer> asked = new ArrayList<>();

    // when
    send(first);
    first.consumeResponse(new BasicHttpResponse(401), new BasicEntityDetails(-1, null), context);
    first.consume(bytes("x".repeat(8192)));
    first.updateCapacity(asked::add);
    first.consume(bytes("x".repeat(8192)));

    // then
    assertThat(asked).hasSize(1);
    assertThat(replays).isEmpty();

    // when
    first.streamEnd(null);

    // then
    assertThat(replays).hasSize(1);
    assertThat(library.events).containsExactly("request");
  }

  @Test
  void aRestThatIsTooLongIsTheApps() throws Exception {
    // given
    exchange("http", null);

    // when
    send(first);
    first.consumeResponse(new BasicHttpResponse(401), new BasicEntityDetails(-1, null), context);
    for (int i = 0; i < 18; i++) {
      first.consume(bytes("x".repeat(8192)));
    }
    first.streamEnd(null);

    // then
    assertThat(replays).isEmpty();
    assertThat(library.events).hasSize(2 + 18 + 1).endsWith("end null");
  }

  @Test
  void aReplayThatIsLostGivesTheAppItsRefusal() throws Exception {
    // given
    exchange("http", null);

    // when
    send(first);
    refuse(first);
    send(replays.get(0));
    replays.get(0).failed(new IOException("lost"));

    // then
    assertThat(library.events)
        .containsExactly(
            "request", "connection discarded", "response 401", "body " + EXPIRED, "end null");
  }

  @Test
  void aReplayThatBreaksOffAfterItsAnswerFails() throws Exception {
    // given
    exchange("http", null);

    // when
    send(first);
    refuse(first);
    send(replays.get(0));
    replays
        .get(0)
        .consumeResponse(new BasicHttpResponse(200), new BasicEntityDetails(9, null), context);
    replays.get(0).failed(new IOException("broken off"));

    // then
    assertThat(library.events).containsExactly("request", "response 200", "failed broken off");
  }

  @Test
  void aRefusalThatBreaksOffFailsAsItCame() throws Exception {
    // given
    exchange("http", null);

    // when
    send(first);
    first.consumeResponse(new BasicHttpResponse(401), new BasicEntityDetails(99, null), context);
    first.consume(bytes("{"));
    first.failed(new IOException("broken off"));

    // then
    assertThat(library.events)
        .containsExactly("request", "response 401", "body {", "failed broken off");
  }

  @Test
  void aCancelReachesACallThatWaits() throws Exception {
    // given
    policy.renewal = new CompletableFuture<>();
    exchange("http", null);

    // when
    send(first);
    refuse(first);
    future.cancel(true);

    // then
    assertThat(library.events).containsExactly("request", "cancel");
  }

  @Test
  void aReplayThatFindsItsConnectionClosedIsSentOnAnother() throws Exception {
    // given
    exchange("http", null);

    // when: the app has cancelled nothing
    send(first);
    refuse(first);
    replays.get(0).cancel();
    send(replays.get(1));
    replays.get(1).consumeResponse(new BasicHttpResponse(200), null, context);

    // then
    assertThat(library.events).containsExactly("request", "response 200");
    assertThat(replays).hasSize(2);
  }

  /** 5.0 does, where a connection is closed before the thread that has sent is done with it. */
  @Test
  void aLibraryThatGivesUpAnAnsweredCallDoesNotEndItsReplay() throws Exception {
    // given
    exchange("http", null);

    // when: the app has cancelled nothing
    send(first);
    refuse(first);
    send(replays.get(0));
    first.cancel();
    replays.get(0).consumeResponse(new BasicHttpResponse(200), null, context);

    // then
    assertThat(library.events).containsExactly("request", "response 200");
  }

  @Test
  void aLibraryThatGivesUpAnAnsweredCallDoesNotEndItsWait() throws Exception {
    // given
    policy.renewal = new CompletableFuture<>();
    exchange("http", null);

    // when: the app has cancelled nothing
    send(first);
    refuse(first);
    first.cancel();

    // then
    assertThat(library.events).containsExactly("request");
  }

  @Test
  void aCancelReachesTheReplay() throws Exception {
    // given
    exchange("http", null);

    // when
    send(first);
    refuse(first);
    send(replays.get(0));
    future.cancel(true);

    // then
    assertThat(library.events).containsExactly("request", "cancel");
  }

  @Test
  void aBodyIsSentAgainAndToldOfOnce() throws Exception {
    // given
    AsyncEntityProducer body = new StringAsyncEntityProducer("all of it");
    exchange("http", body);
    Written out = new Written();

    // when
    send(first);
    first.produce(out);
    refuse(first);
    send(replays.get(0));
    replays.get(0).produce(out);

    // then
    assertThat(out.text).containsExactly("all of it", "all of it");
    assertThat(out.ends).isEqualTo(2);
    assertThat(library.events).containsExactly("request", "produce");
  }

  @Test
  void aBodyThatTheServerDidNotWaitForIsEndedAndStillToldOf() throws Exception {
    // given
    exchange("http", new StringAsyncEntityProducer("all of it"));
    Written early = new Written();
    Written out = new Written();

    // when
    send(first);
    first.consumeResponse(new BasicHttpResponse(401), new BasicEntityDetails(99, null), context);
    first.produce(early);
    first.consume(bytes(EXPIRED));
    first.streamEnd(null);
    send(replays.get(0));
    replays.get(0).produce(out);

    // then
    assertThat(early.text).isEmpty();
    assertThat(early.ends).isEqualTo(1);
    assertThat(out.text).containsExactly("all of it");
    assertThat(library.events).containsExactly("request", "produce");
  }

  @Test
  void noTokenGoesOutUnencryptedForAnHttpsHost() throws Exception {
    // given: a tunnel that was lost, and the way to the proxy opened without it
    ScriptedPolicy https = new ScriptedPolicy();
    https.pause = new CompletableFuture<>();
    exchange(https, "https", null);
    request.setHeader("Authorization", "Bearer stale");

    // when
    send(first);

    // then
    assertThat(written).containsExactly("Bearer stale");
  }

  @Test
  void aTunnelThatIsClosedIsNotReplayedInto() throws Exception {
    // given
    HttpHost target = new HttpHost("http", ScriptedPolicy.HOST, 80);
    HttpRoute tunnelled =
        new HttpRoute(
            target,
            null,
            new HttpHost("proxy"),
            false,
            RouteInfo.TunnelType.TUNNELLED,
            RouteInfo.LayerType.PLAIN);
    exchange(policy, tunnelled, null);

    // when
    send(first);
    connected = false;
    refuse(first);

    // then
    assertThat(replays).isEmpty();
    assertThat(library.events).contains("response 401");
  }

  private void exchange(String scheme, AsyncEntityProducer body) {
    exchange(policy, scheme, body);
  }

  private void exchange(ScriptedPolicy asked, String scheme, AsyncEntityProducer body) {
    exchange(asked, new HttpRoute(new HttpHost(scheme, ScriptedPolicy.HOST, 80)), body);
  }

  private void exchange(ScriptedPolicy asked, HttpRoute route, AsyncEntityProducer body) {
    library = new ToldLibrary(request, body);
    AsyncExecChain.Scope scope =
        new AsyncExecChain.Scope("id", route, request, future, context, runtime(), null, null);
    first = new AsyncExchange(asked, request, body, scope, library).first();
  }

  /** Notes what is executed. */
  private AsyncExecRuntime runtime() {
    return (AsyncExecRuntime)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {AsyncExecRuntime.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("isEndpointConnected")) {
                return connected;
              }
              if (method.getName().equals("discardEndpoint")) {
                library.events.add("connection discarded");
                return null;
              }
              AsyncClientExchangeHandler handler = (AsyncClientExchangeHandler) arguments[1];
              replays.add(handler);
              Cancellable cancellable =
                  () -> {
                    handler.cancel();
                    return true;
                  };
              return cancellable;
            });
  }

  private void send(AsyncClientExchangeHandler handler) throws Exception {
    handler.produceRequest(
        (sent, entity, same) -> written.add(sent.getFirstHeader("Authorization").getValue()),
        context);
  }

  private void refuse(AsyncClientExchangeHandler handler, BasicHeader... trailers)
      throws Exception {
    handler.consumeResponse(
        new BasicHttpResponse(401), new BasicEntityDetails(EXPIRED.length(), null), context);
    handler.consume(bytes(EXPIRED));
    handler.streamEnd(trailers.length == 0 ? null : Arrays.asList(trailers));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Where a request's body goes to. */
  private static final class Written implements DataStreamChannel {
    private final List<String> text = Collections.synchronizedList(new ArrayList<>());
    private int ends;

    @Override
    public void requestOutput() {}

    @Override
    public int write(ByteBuffer bytes) {
      int count = bytes.remaining();
      text.add(StandardCharsets.US_ASCII.decode(bytes).toString());
      return count;
    }

    @Override
    public void endStream() {
      ends++;
    }

    @Override
    public void endStream(List<? extends Header> trailers) {
      ends++;
    }
  }
}

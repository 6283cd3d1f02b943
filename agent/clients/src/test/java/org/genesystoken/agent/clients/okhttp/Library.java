package org.genesystoken.agent.clients.okhttp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.SocketFactory;
import okhttp3.Address;
import okhttp3.Authenticator;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.ConnectionSpec;
import okhttp3.Dns;
import okhttp3.Handshake;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.Route;
import okio.Buffer;
import okio.BufferedSink;
import okio.Okio;
import okio.Sink;
import org.genesystoken.agent.clients.ScriptedPolicy;

/**
 * The library's own loop and codec with the hooks where {@link OkHttp3Client} puts them, on a
 * network that answers what a test says. One thread.
 */
final class Library implements Interceptor, Interceptor.Chain {
  /** What the network does with a request. */
  interface Network {
    Response.Builder answer(Request request) throws IOException;
  }

  final List<Request> written = new ArrayList<>();
  final List<String> bodies = new ArrayList<>();

  /** What the app's Authenticator was shown. */
  final List<Response> shown = new ArrayList<>();

  /** What the app, or the library for it, sends after an answer; null: nothing. */
  Function<Response, Request> followUp = response -> null;

  Proxy proxy = Proxy.NO_PROXY;
  final Call call;

  private final OkHttp3Adapter adapter;
  private final Request request;
  private final Deque<Network> network = new ArrayDeque<>();

  Library(ScriptedPolicy policy, Request request) {
    this(policy, request, new OkHttpClient.Builder());
  }

  Library(ScriptedPolicy policy, Request request, OkHttpClient.Builder client) {
    adapter = new OkHttp3Adapter(policy);
    this.request = request;
    call = client.build().newCall(request);
  }

  /** The next answer of the network. */
  Library answers(Network next) {
    network.add(next);
    return this;
  }

  /** As the woven method: the hook's answer, or else its own. */
  Response execute() throws IOException {
    Object answer = hook(OkHttp3Client.EXECUTE, null, this, this);
    if (answer instanceof IOException) {
      throw (IOException) answer;
    }
    return answer == null ? intercept(this) : (Response) answer;
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    if (hook(OkHttp3Client.EXECUTE, null, this, chain) != null) {
      throw new IllegalStateException("carried out twice");
    }
    Request next = request;
    Response prior = null;
    while (true) {
      Response response = exchange(next);
      if (prior != null) {
        response =
            response.newBuilder().priorResponse(prior.newBuilder().body(null).build()).build();
      }
      next = followUpRequest(response);
      if (next == null) {
        return response;
      }
      response.body().close();
      prior = response;
    }
  }

  private Request followUpRequest(Response userResponse) {
    Response response = (Response) hook(OkHttp3Client.ANSWERED, userResponse);
    Object again = hook(OkHttp3Client.FOLLOW_UP, null, response);
    if (again != null) {
      return (Request) again;
    }
    shown.add(response);
    return followUp.apply(response);
  }

  private Response exchange(Request sent) throws IOException {
    hook(OkHttp3Client.CONNECTED, null, this);
    written.add((Request) hook(OkHttp3Client.PRESENT, sent));
    RequestBody body = sent.body();
    if (body != null) {
      Buffer wire = new Buffer();
      BufferedSink sink = Okio.buffer((Sink) hook(OkHttp3Client.KEEP, (Sink) wire, sent));
      body.writeTo(sink);
      sink.close();
      bodies.add(wire.readUtf8());
    }
    return network
        .remove()
        .answer(sent)
        .request(sent)
        .protocol(Protocol.HTTP_1_1)
        .message("")
        .build();
  }

  private Object hook(int number, Object value, Object... context) {
    Object[] all = new Object[context.length + 1];
    all[0] = Library.class;
    System.arraycopy(context, 0, all, 1, context.length);
    return adapter.hooks().get(number).apply(value, all);
  }

  @Override
  public Request request() {
    return request;
  }

  @Override
  public Response proceed(Request other) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Call call() {
    return call;
  }

  @Override
  public Connection connection() {
    return new Connection() {
      @Override
      public Route route() {
        return new Route(
            new Address(
                "unused",
                443,
                Dns.SYSTEM,
                SocketFactory.getDefault(),
                null,
                null,
                null,
                Authenticator.NONE,
                null,
                Collections.singletonList(Protocol.HTTP_1_1),
                Collections.singletonList(ConnectionSpec.CLEARTEXT),
                ProxySelector.getDefault()),
            proxy,
            InetSocketAddress.createUnresolved("unused", 443));
      }

      @Override
      public Socket socket() {
        throw new UnsupportedOperationException();
      }

      @Override
      public Handshake handshake() {
        return null;
      }

      @Override
      public Protocol protocol() {
        return Protocol.HTTP_1_1;
      }
    };
  }

  @Override
  public int connectTimeoutMillis() {
    return 0;
  }

  @Override
  public int readTimeoutMillis() {
    return 5000;
  }

  @Override
  public int writeTimeoutMillis() {
    return 0;
  }

  @Override
  public Chain withConnectTimeout(int timeout, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Chain withReadTimeout(int timeout, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Chain withWriteTimeout(int timeout, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }
}

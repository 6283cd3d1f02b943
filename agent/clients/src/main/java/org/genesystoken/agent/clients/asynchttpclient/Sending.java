package org.genesystoken.agent.clients.asynchttpclient;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.asynchttpclient.AsyncHttpClientConfig;
import org.asynchttpclient.netty.NettyResponseFuture;
import org.asynchttpclient.netty.channel.Channels;
import org.asynchttpclient.netty.request.NettyRequestFactory;
import org.asynchttpclient.netty.request.NettyRequestSender;
import org.asynchttpclient.uri.Uri;
import org.genesystoken.agent.core.policy.TokenPolicy;

/** A hop that is about to be written, and what the library writes it with. Immutable. */
final class Sending {
  private final Calls calls;
  final NettyRequestSender sender;
  final NettyResponseFuture<?> future;
  final Channel channel;
  final AsyncHttpClientConfig config;
  final NettyRequestFactory factory;

  /**
   * @param context the woven class, then the fields of this, in order
   */
  Sending(Calls calls, Object[] context) {
    this.calls = calls;
    sender = (NettyRequestSender) context[1];
    future = (NettyResponseFuture<?>) context[2];
    channel = (Channel) context[3];
    config = (AsyncHttpClientConfig) context[4];
    factory = (NettyRequestFactory) context[5];
  }

  TokenPolicy policy() {
    return calls.policy();
  }

  Calls calls() {
    return calls;
  }

  long budgetMillis() {
    return calls.timeOuts().budgetMillis(future, config);
  }

  /**
   * Whether the hop is to carry a token and there is none yet: it is then written when there is, or
   * when it has waited long enough. The app's time-outs and cancel reach it meanwhile, as the
   * library has begun the call.
   */
  boolean waits() {
    HttpRequest request = future.getNettyRequest().getHttpRequest();
    if (future.isHeadersAlreadyWrittenOnContinue() || !covers(request)) {
      return false;
    }
    String own = request.headers().get(HttpHeaderNames.AUTHORIZATION);
    if (policy().authorizationNow(own) != null) {
      return false;
    }
    CompletableFuture<Void> known = calls.ready(future);
    CompletableFuture<Void> ready =
        known == null ? policy().ready(own, budgetMillis()).toCompletableFuture() : known;
    if (ready.isDone()) {
      return false;
    }
    calls.waitsFor(future, ready);
    ready.whenComplete((nothing, failure) -> resume());
    return true;
  }

  private void resume() {
    try {
      channel.eventLoop().execute(this::write);
    } catch (RejectedExecutionException closed) {
      // The app has closed its client.
    }
  }

  private void write() {
    if (future.isDone()) {
      return;
    }
    if (channel.isActive()) {
      sender.writeRequest(future, channel);
    } else if (Channels.getAttribute(channel) != future) {
      // A connection of HTTP/2 knows nothing of this call; on others the library has seen to it.
      sender.sendNextRequest(future.getCurrentRequest(), future);
    }
  }

  /**
   * The request to write: the library's, or its like with the token. Only that one has it, as an
   * app can look at the library's in its handler.
   */
  HttpRequest present(HttpRequest request) {
    Hop.forget(channel);
    if (!covers(request)) {
      return request;
    }
    List<String> all = request.headers().getAll(HttpHeaderNames.AUTHORIZATION);
    if (all.size() > 1) {
      return request;
    }
    String own = all.isEmpty() ? null : all.get(0);
    String value = policy().authorizationNow(own);
    boolean replaces = value != null && !value.equals(own);
    Hop.begin(this, replaces ? value : own);
    return replaces ? withAuthorization(request, value) : request;
  }

  private static HttpRequest withAuthorization(HttpRequest request, String value) {
    HttpHeaders headers =
        new DefaultHttpHeaders(false)
            .add(request.headers())
            .set(HttpHeaderNames.AUTHORIZATION, value);
    if (request instanceof FullHttpRequest) {
      FullHttpRequest full = (FullHttpRequest) request;
      return new DefaultFullHttpRequest(
          full.protocolVersion(),
          full.method(),
          full.uri(),
          full.content(),
          headers,
          full.trailingHeaders());
    }
    return new DefaultHttpRequest(
        request.protocolVersion(), request.method(), request.uri(), headers);
  }

  /** Not if the app has given the library credentials of its own, which it may yet come to send. */
  private boolean covers(HttpRequest request) {
    Uri uri = future.getCurrentRequest().getUri();
    return !HttpMethod.CONNECT.equals(request.method())
        && !uri.isWebSocket()
        && future.getRealm() == null
        && policy()
            .coversHop(
                uri.getScheme(),
                uri.getHost(),
                uri.getPort(),
                uri.getPath(),
                // What goes to a proxy in plain text has the whole URL in its first line.
                !uri.isSecured() && !request.uri().startsWith("/"));
  }
}

package org.genesystoken.agent.clients.asynchttpclient;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.asynchttpclient.Request;
import org.asynchttpclient.exception.RemotelyClosedException;
import org.asynchttpclient.netty.NettyResponseFuture;
import org.asynchttpclient.netty.channel.ChannelState;
import org.asynchttpclient.netty.channel.Channels;
import org.asynchttpclient.netty.handler.AsyncHttpClientHandler;
import org.genesystoken.agent.core.policy.ApiAnswer;
import org.genesystoken.agent.core.policy.RefusedCall;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * A request of a covered hop that was written, and its answer: held, part by part, as long as it
 * may be a refusal that the app is not to see. All in the event loop of its channel, but for {@link
 * #endsCall} and {@link #drop}, when that has nothing more to do with it.
 */
final class Hop {
  private static final AttributeKey<Object> ATTRIBUTE = AttributeKey.valueOf("genesys-token");

  private static final Class<?> STREAMED = streamed();

  /** Bytes of an answer that are held while the token is renewed, or read off after that. */
  private static final int HOLD_LIMIT = 256 * 1024;

  private enum State {
    /** Nothing of the answer is there. */
    WRITTEN,
    /** Its parts are held until enough is there. */
    HOLDING,
    /** Parts are held until it is known what becomes of them. */
    DECIDING,
    /** The call was sent again. */
    REPLAYED,
    /** The answer is the app's. */
    PASSED
  }

  private final Sending sending;
  private final NettyResponseFuture<?> future;
  private final Channel channel;
  private final String sent;
  private List<Object> held = new ArrayList<>();
  private State state = State.WRITTEN;
  private AsyncHttpClientHandler handler;
  private ChannelHandlerContext context;
  private HttpResponse response;
  private ScheduledFuture<?> patience;
  private byte[] head;
  private int length;
  private long size;
  private boolean whole;
  private boolean agreed;

  private Hop(Sending sending, String sent) {
    this.sending = sending;
    this.future = sending.future;
    this.channel = sending.channel;
    this.sent = sent;
  }

  /**
   * Notes that a request is written.
   *
   * @param sent its Authorization value, or null
   */
  static void begin(Sending sending, String sent) {
    sending.channel.attr(ATTRIBUTE).set(new Hop(sending, sent));
  }

  /** The one that a channel's answer belongs to, or null: it is none of the agent's business. */
  static Hop on(Channel channel) {
    // Another loader's adapter never sees this channel, so what is there is ours.
    return (Hop) channel.attr(ATTRIBUTE).get();
  }

  static void forget(Channel channel) {
    channel.attr(ATTRIBUTE).set(null);
  }

  boolean isOf(NettyResponseFuture<?> other) {
    return future == other;
  }

  /** A connection in the app's pool is to hold nothing of the call. */
  private void pass() {
    state = State.PASSED;
    forget(channel);
  }

  /** Whether a part of the answer is kept from the library, for now or for good. */
  boolean holds(AsyncHttpClientHandler reader, Channel from, Object message) {
    if (state == State.PASSED || state == State.REPLAYED || future.isDone()) {
      return false;
    }
    if (Messages.isBroken(message)) {
      handOver();
      return false;
    }
    if (state == State.WRITTEN) {
      response = Messages.response(message);
      if (response == null || response.status().code() < 200) {
        return false;
      }
      TokenPolicy policy = sending.policy();
      policy.answered(response.status().code(), sent);
      if (!policy.looksAt(response.status().code()) || !policy.mayReplace(sent)) {
        pass();
        return false;
      }
      begin(reader, from);
    }
    hold(message);
    return true;
  }

  private void begin(AsyncHttpClientHandler reader, Channel from) {
    state = State.HOLDING;
    head = new byte[TokenPolicy.BODY_LIMIT];
    handler = reader;
    context = from.pipeline().context(reader);
    patience =
        from.eventLoop()
            .schedule(
                () -> {
                  if (state == State.HOLDING) {
                    // By what has come of a body that is too slow.
                    decide();
                  }
                },
                TokenPolicy.BODY_PATIENCE,
                TimeUnit.MILLISECONDS);
  }

  private void hold(Object message) {
    held.add(ReferenceCountUtil.retain(message));
    ByteBuf content = Messages.content(message);
    int count = Math.min(content.readableBytes(), head.length - length);
    if (state == State.HOLDING) {
      content.getBytes(content.readerIndex(), head, length, count);
      length += count;
    }
    size += content.readableBytes();
    whole = Messages.isLast(message);
    if (whole) {
      // From here on the connection may do what it likes: it has done its part.
      Channels.setDiscard(channel);
    }
    if (state == State.HOLDING && (whole || length == head.length || !isBodyNeeded())) {
      decide();
    } else if (agreed && (whole || size > HOLD_LIMIT)) {
      replay();
    } else if (state == State.DECIDING && size > HOLD_LIMIT) {
      handOver();
    }
  }

  /** Not where it cannot matter: it may be long, or slow. */
  private boolean isBodyNeeded() {
    return sending
        .calls()
        .refused(future)
        .isTelling(headers(), response.headers().get(HttpHeaderNames.CONTENT_TYPE));
  }

  private void decide() {
    state = State.DECIDING;
    patience.cancel(false);
    RefusedCall refused = sending.calls().refused(future);
    refused
        .replaysAsync(
            headers().withBody(head, length),
            sent,
            RequestBody.isRepeatable(future),
            sending.budgetMillis())
        .whenComplete((replays, failure) -> decided(failure == null && replays));
  }

  private ApiAnswer headers() {
    HttpHeaders headers = response.headers();
    return ApiAnswer.of(
            response.status().code(),
            headers.getAll(HttpHeaderNames.WWW_AUTHENTICATE),
            headers.get(HttpHeaderNames.RETRY_AFTER),
            // The library may have decoded the body, and left the header.
            isGzip() ? headers.get(HttpHeaderNames.CONTENT_ENCODING) : null)
        .dated(headers.get(HttpHeaderNames.DATE));
  }

  private boolean isGzip() {
    return length > 1 && (head[0] & 0xff) == 0x1f && (head[1] & 0xff) == 0x8b;
  }

  private void decided(boolean replays) {
    if (channel.eventLoop().inEventLoop()) {
      end(replays);
      return;
    }
    try {
      channel.eventLoop().execute(() -> end(replays));
    } catch (RejectedExecutionException closed) {
      // The app has closed its client.
      drop();
    }
  }

  private void end(boolean replays) {
    if (state != State.DECIDING) {
      return;
    }
    if (future.isDone()) {
      pass();
      drop();
    } else if (!replays) {
      handOver();
    } else if (whole) {
      replay();
    } else {
      // The rest is read off, so that the connection can be used again.
      agreed = true;
      patience =
          channel
              .eventLoop()
              .schedule(this::replayIfDue, TokenPolicy.BODY_PATIENCE, TimeUnit.MILLISECONDS);
    }
  }

  private void replayIfDue() {
    if (state == State.DECIDING && !future.isDone()) {
      replay();
    }
  }

  /**
   * Sends the call again, on the same connection if that can be. The library's clock for the call
   * goes on; so does ours where the library starts anew.
   */
  private void replay() {
    state = State.REPLAYED;
    patience.cancel(false);
    Request request = future.getCurrentRequest();
    // Only a stream of HTTP/2 has one.
    Channel parent = channel.parent();
    boolean kept = parent == null && whole && isKeptAlive();
    sending.calls().replays(future, this);
    future.touch();
    if (future.isHeadersAlreadyWrittenOnContinue()) {
      future.setHeadersAlreadyWrittenOnContinue(false);
      future.setDontWriteBodyBecauseExpectContinue(
          HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(
              request.getHeaders().get(HttpHeaderNames.EXPECT)));
    }
    try {
      if (!kept) {
        Channels.setDiscard(channel);
        Channels.silentlyCloseChannel(channel);
      }
      Channel connection = parent == null ? channel : parent;
      if (connection.isActive()) {
        future.setNettyRequest(
            sending.factory.newNettyRequest(request, false, null, null, future.getProxyRealm()));
        if (kept) {
          Channels.setAttribute(channel, future);
          // So that the library tries anew if the server has closed it meanwhile.
          future.setChannelState(ChannelState.POOLED);
        }
        sending.sender.writeRequest(future, connection);
      } else {
        limit(sending.calls().timeOuts().leftMillis(future, sending.config));
        sending.sender.sendNextRequest(request, future);
      }
    } catch (RuntimeException unsendable) {
      // The app has closed its client, or a file is gone.
      if (!sending.calls().endsRefused(future, new IOException(unsendable))) {
        sending.sender.abort(null, future, unsendable);
      }
    }
  }

  private boolean isKeptAlive() {
    return channel.isActive()
        && sending
            .config
            .getKeepAliveStrategy()
            .keepAlive(
                (InetSocketAddress) channel.remoteAddress(),
                future.getTargetRequest(),
                future.getNettyRequest().getHttpRequest(),
                response);
  }

  private void limit(long millis) {
    if (millis == TokenPolicy.NO_BUDGET) {
      return;
    }
    ScheduledFuture<?> timer =
        channel
            .eventLoop()
            .schedule(
                () ->
                    sending.sender.abort(
                        future.channel(), future, new TimeoutException(timedOut())),
                millis,
                TimeUnit.MILLISECONDS);
    future.toCompletableFuture().whenComplete((value, failure) -> timer.cancel(false));
  }

  /** As the library words it. */
  private String timedOut() {
    return "Request timeout to "
        + future.getUri().getHost()
        + ":"
        + future.getUri().getExplicitPort()
        + " after "
        + sending.calls().timeOuts().requestMillis(future, sending.config)
        + " ms";
  }

  /** The connection is closed: what is there of an answer that is not whole is the app's. */
  void closed() {
    if (state == State.HOLDING || (state == State.DECIDING && !whole)) {
      if (future.isDone()) {
        pass();
        drop();
      } else if (agreed) {
        replay();
      } else {
        handOver();
      }
    }
  }

  /** Lets the library read what was held; what comes after that it reads by itself. */
  private void handOver() {
    pass();
    if (patience != null) {
      patience.cancel(false);
    }
    if (isStreamed() && !channel.isActive()) {
      // Its publisher reads from the connection, and would wait for ever.
      drop();
      sending.sender.abort(null, future, RemotelyClosedException.INSTANCE);
      return;
    }
    Channels.setAttribute(channel, future);
    for (Object message : take()) {
      try {
        // releases it, too
        handler.channelRead(context, message);
      } catch (Exception ofApp) {
        // The library has ended the call with it.
      }
    }
  }

  /**
   * Ends the call with the answer that was held when it was sent again.
   *
   * @return false: it is not there any more, or is one that can only be read from a connection
   */
  boolean endsCall() {
    if (!whole || isStreamed()) {
      drop();
      return false;
    }
    Channels.setDiscard(channel);
    Channels.silentlyCloseChannel(channel);
    handOver();
    return future.isDone();
  }

  private boolean isStreamed() {
    return STREAMED != null && STREAMED.isInstance(future.getAsyncHandler());
  }

  /** Of version 2 only; null: there is none. */
  private static Class<?> streamed() {
    try {
      return Class.forName("org.asynchttpclient.handler.StreamedAsyncHandler");
    } catch (ClassNotFoundException ofVersion3) {
      return null;
    }
  }

  void drop() {
    for (Object message : take()) {
      ReferenceCountUtil.release(message);
    }
  }

  private synchronized List<Object> take() {
    List<Object> taken = held;
    held = new ArrayList<>();
    return taken;
  }
}

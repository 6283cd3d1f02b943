package org.genesystoken.agent.clients.asynchttpclient;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpRequest;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.asynchttpclient.netty.NettyResponseFuture;
import org.asynchttpclient.netty.handler.AsyncHttpClientHandler;
import org.genesystoken.agent.clients.weave.Adapter;
import org.genesystoken.agent.core.policy.TokenPolicy;

/** The hooks, see {@link AhcClient} for where they are called. Thread-safe. */
public final class AhcAdapter implements Adapter {
  /** Ends a woven method. */
  private static final Object DONE = new Object();

  private final List<BiFunction<Object, Object, Object>> hooks;
  private final Calls calls;

  /** Made once for each loader, by reflection. */
  public AhcAdapter(TokenPolicy policy) {
    calls = new Calls(policy);
    hooks =
        Arrays.asList(
            (nothing, context) -> new Sending(calls, (Object[]) context).waits() ? DONE : null,
            (handler, context) ->
                calls.isReplaying((NettyResponseFuture<?>) ((Object[]) context)[1])
                    ? QuietHandler.INSTANCE
                    : handler,
            (request, context) ->
                new Sending(calls, (Object[]) context).present((HttpRequest) request),
            (nothing, context) -> read((Object[]) context),
            (nothing, context) -> closed((ChannelHandlerContext) ((Object[]) context)[1]),
            (nothing, context) -> failed((Object[]) context));
  }

  @Override
  public List<BiFunction<Object, Object, Object>> hooks() {
    return hooks;
  }

  /** Whether a part of an answer is held; null: the library goes on with it. */
  private Object read(Object[] context) {
    NettyResponseFuture<?> future = (NettyResponseFuture<?>) context[3];
    calls.answered(future, context[4]);
    Channel channel = (Channel) context[2];
    Hop hop = Hop.on(channel);
    return hop != null
            && hop.isOf(future)
            && hop.holds((AsyncHttpClientHandler) context[1], channel, context[4])
        ? DONE
        : null;
  }

  private static Object closed(ChannelHandlerContext context) {
    Hop hop = Hop.on(context.channel());
    if (hop != null) {
      hop.closed();
    }
    return null;
  }

  /** Whether a call has ended with the refusal that it was replayed for, not with a failure. */
  private Object failed(Object[] context) {
    return calls.endsRefused((NettyResponseFuture<?>) context[1], (Throwable) context[2])
        ? DONE
        : null;
  }
}

package org.genesystoken.agent.clients.asynchttpclient;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.genesystoken.agent.clients.weave.ClassWeave;
import org.genesystoken.agent.clients.weave.Code;
import org.genesystoken.agent.clients.weave.LibraryClient;
import org.genesystoken.agent.clients.weave.MethodWeave;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * What is woven into the library. As Java, its methods become:
 *
 * <pre>{@code
 * // NettyRequestSender, once per hop, below redirects, filters and the app's handler
 * public void writeRequest(NettyResponseFuture future, Channel channel) {
 *   if (await(null, {NettyRequestSender.class, this, future, channel, config, requestFactory})
 *       != null) return;                  // no token yet: called again when there is one
 *   ...
 *   handler = quiet(handler, {NettyRequestSender.class, future});
 *   handler.onRequestSend(nettyRequest);
 *   ...
 *   httpRequest = present(httpRequest, {NettyRequestSender.class, this, future, channel, ...});
 *   channel.writeAndFlush(httpRequest, promise);
 *   ...
 * }
 *
 * // HTTP/2, in newer versions of 3.0
 * private void sendHttp2Frames(NettyResponseFuture future, Http2StreamChannel channel) {
 *   ...
 *   HttpRequest httpRequest = nettyRequest.getHttpRequest();
 *   httpRequest = present(httpRequest, {NettyRequestSender.class, this, future, channel, ...});
 *   ...
 * }
 *
 * // HttpHandler and Http2Handler: each part of an answer, as it is read
 * public void handleRead(Channel channel, NettyResponseFuture future, Object message) {
 *   if (read(null, {HttpHandler.class, this, channel, future, message}) != null) return;
 *   ...                                   // not held: goes to filters and handler
 * }
 *
 * public void AsyncHttpClientHandler.channelInactive(ChannelHandlerContext context) {
 *   closed(null, {AsyncHttpClientHandler.class, context});
 *   ...
 * }
 *
 * // a replay that fails: the refusal is the app's answer then
 * public void NettyResponseFuture.abort(Throwable failure) {
 *   if (failed(null, {NettyResponseFuture.class, this, failure}) != null) return;
 *   ...
 * }
 * }</pre>
 */
public final class AhcClient extends LibraryClient {
  static final int AWAIT = 0;
  static final int QUIET = 1;
  static final int PRESENT = 2;
  static final int READ = 3;
  static final int CLOSED = 4;
  static final int FAILED = 5;

  private static final String AHC = "org/asynchttpclient/";
  private static final String NETTY = AHC + "netty/";
  private static final String SENDER = NETTY + "request/NettyRequestSender";
  private static final String FACTORY = NETTY + "request/NettyRequestFactory";
  private static final String NETTY_REQUEST = NETTY + "request/NettyRequest";
  private static final String FUTURE = NETTY + "NettyResponseFuture";
  private static final String HANDLER = NETTY + "handler/AsyncHttpClientHandler";
  private static final String ASYNC_HANDLER = AHC + "AsyncHandler";
  private static final String CONFIG = AHC + "AsyncHttpClientConfig";
  private static final String CHANNEL = "io/netty/channel/Channel";
  private static final String CONTEXT = "io/netty/channel/ChannelHandlerContext";
  private static final String HTTP_REQUEST = "io/netty/handler/codec/http/HttpRequest";

  /** Made once, by reflection. */
  public AhcClient(TokenPolicy policy) {
    super(policy, "org.genesystoken.agent.clients.asynchttpclient.AhcAdapter", FUTURE, 6);
  }

  @Override
  public List<ClassWeave> weaves() {
    return Arrays.asList(
        ClassWeave.of(SENDER, new Write(), new WriteHttp2())
            .needing("config:L" + CONFIG + ";", "requestFactory:L" + FACTORY + ";")
            .using(
                FACTORY,
                "newNettyRequest(L"
                    + AHC
                    + "Request;ZL"
                    + AHC
                    + "proxy/ProxyServer;L"
                    + AHC
                    + "Realm;L"
                    + AHC
                    + "Realm;)L"
                    + NETTY_REQUEST
                    + ";")
            .using(
                FUTURE,
                "getCurrentRequest()L" + AHC + "Request;",
                "setNettyRequest(L" + NETTY_REQUEST + ";)V",
                "attachChannel(L" + CHANNEL + ";Z)V"),
        ClassWeave.of(NETTY + "handler/HttpHandler", new Read()),
        ClassWeave.of(NETTY + "handler/Http2Handler", new Read()),
        ClassWeave.of(HANDLER, new Closed()),
        ClassWeave.of(FUTURE, new Failed()));
  }

  /** Pushes what a request is written with: of the sender, which both methods belong to. */
  private static Code sending(Code code) {
    return code.context(0, 1, 2, 0, 0)
        .element(4)
        .field("config", "L" + CONFIG + ";")
        .put()
        .element(5)
        .field("requestFactory", "L" + FACTORY + ";")
        .put();
  }

  private static final class Write extends MethodWeave {
    private static final String ON_REQUEST_SEND = ASYNC_HANDLER + ".onRequestSend";

    Write() {
      super("writeRequest", "(L" + FUTURE + ";L" + CHANNEL + ";)V");
    }

    @Override
    protected void atEntry(Code code) {
      sending(code.nothing()).hook(AWAIT).endUnlessNull(null);
    }

    @Override
    protected List<String> calls() {
      return Arrays.asList(ON_REQUEST_SEND, CHANNEL + ".write", CHANNEL + ".writeAndFlush");
    }

    @Override
    protected void beforeCall(String call, Code code) {
      // Under the last operand there is the one that this is about.
      code.swap();
      if (call.equals(ON_REQUEST_SEND)) {
        code.context(1).hook(QUIET).cast(ASYNC_HANDLER);
      } else {
        sending(code).hook(PRESENT);
      }
      code.swap();
    }
  }

  private static final class WriteHttp2 extends MethodWeave {
    WriteHttp2() {
      super(
          "sendHttp2Frames",
          "(L" + FUTURE + ";Lio/netty/handler/codec/http2/Http2StreamChannel;)V");
    }

    @Override
    protected boolean isOptional() {
      return true;
    }

    @Override
    protected List<String> calls() {
      return Collections.singletonList(NETTY_REQUEST + ".getHttpRequest");
    }

    @Override
    protected void afterCall(String call, Code code) {
      sending(code).hook(PRESENT).cast(HTTP_REQUEST);
    }
  }

  private static final class Read extends MethodWeave {
    Read() {
      super("handleRead", "(L" + CHANNEL + ";L" + FUTURE + ";Ljava/lang/Object;)V");
    }

    @Override
    protected void atEntry(Code code) {
      code.nothing().context(0, 1, 2, 3).hook(READ).endUnlessNull(null);
    }
  }

  private static final class Closed extends MethodWeave {
    Closed() {
      super("channelInactive", "(L" + CONTEXT + ";)V");
    }

    @Override
    protected void atEntry(Code code) {
      code.nothing().context(1).hook(CLOSED).drop();
    }
  }

  private static final class Failed extends MethodWeave {
    Failed() {
      super("abort", "(Ljava/lang/Throwable;)V");
    }

    @Override
    protected void atEntry(Code code) {
      code.nothing().context(0, 1).hook(FAILED).endUnlessNull(null);
    }
  }
}

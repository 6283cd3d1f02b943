package org.genesystoken.agent.clients.apache5;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.genesystoken.agent.clients.weave.ClassWeave;
import org.genesystoken.agent.clients.weave.Code;
import org.genesystoken.agent.clients.weave.LibraryClient;
import org.genesystoken.agent.clients.weave.MethodWeave;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * What is woven into the asynchronous half of the library. As Java, its methods become:
 *
 * <pre>{@code
 * // HttpAsyncMainClientExec and H2AsyncMainClientExec, once per hop, below redirects, retries,
 * // caches and what else an app can put into the chain
 * public void execute(HttpRequest request, AsyncEntityProducer entityProducer, Scope scope,
 *     AsyncExecChain chain, AsyncExecCallback asyncExecCallback) {
 *   if (await(null, {HttpAsyncMainClientExec.class, this, request, entityProducer, scope, chain,
 *       asyncExecCallback}) != null) return;    // no token yet: called again when there is one
 *   ...
 *   // below interceptors too: they are called by internalExchangeHandler
 *   internalExchangeHandler = exchange(internalExchangeHandler,
 *       {HttpAsyncMainClientExec.class, request, entityProducer, scope});
 *   execRuntime.execute(exchangeId, internalExchangeHandler, clientContext);
 * }
 *
 * // with debug lines of org.apache.hc.client5.http.wire
 * public int LoggingIOSession.write(ByteBuffer src) {
 *   ...
 *   ByteBuffer b = src.duplicate();
 *   b = maskedBytes(b, {LoggingIOSession.class});
 *   ...
 * }
 *
 * // HTTP/2, with debug lines of org.apache.hc.client5.http.headers
 * public void onHeaderOutput(HttpConnection connection, int streamId, List headers) {
 *   headers = maskedHeaders(headers, {H2AsyncClientProtocolStarter$1.class});
 *   ...
 * }
 *
 * // of the same classes, with debug lines of org.apache.hc.client5.http2.frame.payload
 * public void onFrameOutput(HttpConnection connection, int streamId, RawFrame frame) {
 *   frame = maskedFrame(frame, {H2AsyncClientProtocolStarter$1.class});
 *   ...
 * }
 * }</pre>
 */
public final class Apache5AsyncClient extends LibraryClient {
  private static final int AWAIT = 0;
  private static final int EXCHANGE = 1;
  private static final int MASKED_BYTES = 2;
  private static final int MASKED_HEADERS = 3;
  private static final int MASKED_FRAME = 4;

  private static final String HTTP = "org/apache/hc/client5/http/";
  private static final String CORE = "org/apache/hc/core5/http/";
  private static final String ASYNC = HTTP + "impl/async/";
  private static final String MAIN = ASYNC + "HttpAsyncMainClientExec";
  private static final String RUNTIME = HTTP + "async/AsyncExecRuntime";
  private static final String SCOPE = HTTP + "async/AsyncExecChain$Scope";
  private static final String CONTEXT = HTTP + "protocol/HttpClientContext";
  private static final String HANDLER = CORE + "nio/AsyncClientExchangeHandler";
  private static final String CONCURRENT = "org/apache/hc/core5/concurrent/";

  /** Made once, by reflection. */
  public Apache5AsyncClient(TokenPolicy policy) {
    super(policy, "org.genesystoken.agent.clients.apache5.Apache5AsyncAdapter", MAIN, 5);
  }

  @Override
  public List<ClassWeave> weaves() {
    return Arrays.asList(
        main(MAIN),
        main(ASYNC + "H2AsyncMainClientExec"),
        ClassWeave.of(ASYNC + "LoggingIOSession", new LogWire()),
        // 5.0 and 5.1
        listener("HttpAsyncClientEventHandlerFactory$2"),
        listener("H2AsyncClientEventHandlerFactory$1"),
        // since 5.2
        listener("HttpAsyncClientProtocolNegotiationStarter$2"),
        listener("H2AsyncClientProtocolStarter$1"));
  }

  private static ClassWeave listener(String name) {
    return ClassWeave.of(ASYNC + name, new LogHeaders(), new LogFrame());
  }

  private static ClassWeave main(String name) {
    return ClassWeave.of(name, new Execute())
        .using(
            SCOPE,
            "exchangeId:Ljava/lang/String;",
            "route:L" + HTTP + "HttpRoute;",
            "cancellableDependency:L" + CONCURRENT + "CancellableDependency;",
            "clientContext:L" + CONTEXT + ";",
            "execRuntime:L" + RUNTIME + ";")
        .using(
            RUNTIME,
            "isEndpointConnected()Z",
            "discardEndpoint()V",
            "execute(Ljava/lang/String;L"
                + HANDLER
                + ";L"
                + CONTEXT
                + ";)L"
                + CONCURRENT
                + "Cancellable;");
  }

  private static final class Execute extends MethodWeave {
    Execute() {
      super(
          "execute",
          "(L"
              + CORE
              + "HttpRequest;L"
              + CORE
              + "nio/AsyncEntityProducer;L"
              + SCOPE
              + ";L"
              + HTTP
              + "async/AsyncExecChain;L"
              + HTTP
              + "async/AsyncExecCallback;)V");
    }

    @Override
    protected void atEntry(Code code) {
      code.nothing().context(0, 1, 2, 3, 4, 5).hook(AWAIT).endUnlessNull(null);
    }

    @Override
    protected List<String> calls() {
      return Collections.singletonList(RUNTIME + ".execute");
    }

    @Override
    protected void beforeCall(String call, Code code) {
      // Under the last operand there is the one that this is about.
      code.swap().context(1, 2, 3).hook(EXCHANGE).cast(HANDLER).swap();
    }
  }

  private static final class LogWire extends MethodWeave {
    private static final String BUFFER = "java/nio/ByteBuffer";

    LogWire() {
      super("write", "(L" + BUFFER + ";)I");
    }

    @Override
    protected List<String> calls() {
      return Collections.singletonList(BUFFER + ".duplicate");
    }

    @Override
    protected void afterCall(String call, Code code) {
      code.context().hook(MASKED_BYTES).cast(BUFFER);
    }
  }

  private static final class LogHeaders extends MethodWeave {
    LogHeaders() {
      super("onHeaderOutput", "(L" + CORE + "HttpConnection;ILjava/util/List;)V");
    }

    @Override
    protected void atEntry(Code code) {
      code.local(3).context().hook(MASKED_HEADERS).cast("java/util/List").store(3);
    }
  }

  private static final class LogFrame extends MethodWeave {
    private static final String FRAME = "org/apache/hc/core5/http2/frame/RawFrame";

    LogFrame() {
      super("onFrameOutput", "(L" + CORE + "HttpConnection;IL" + FRAME + ";)V");
    }

    @Override
    protected void atEntry(Code code) {
      code.local(3).context().hook(MASKED_FRAME).cast(FRAME).store(3);
    }
  }
}

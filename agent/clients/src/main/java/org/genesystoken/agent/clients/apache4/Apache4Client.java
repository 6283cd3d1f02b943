package org.genesystoken.agent.clients.apache4;

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
 * // MainClientExec and MinimalClientExec, once per hop, below redirects, retries and caches
 * public CloseableHttpResponse execute(
 *     HttpRoute route, HttpRequestWrapper request, HttpClientContext context,
 *     HttpExecutionAware execAware) {
 *   Object answer = execute(null, {MainClientExec.class, this, route, request, context, execAware});
 *   if (answer instanceof Throwable) throw (Throwable) answer;
 *   if (answer != null) return (CloseableHttpResponse) answer;
 *   ...                                   // an Exchange called us, as execAware
 *   present(request, {MainClientExec.class, execAware});
 *   response = requestExecutor.execute(request, managedConn, context);
 *   withdraw(request, {MainClientExec.class, execAware});
 *   ...                                   // the library's own authentication
 * }
 *
 * // with debug lines of org.apache.http.wire; there is one more, without off and len
 * public void Wire.output(byte[] b, int off, int len) {
 *   b = masked(b, {Wire.class});
 *   ...
 * }
 * }</pre>
 */
public final class Apache4Client extends LibraryClient {
  static final int EXECUTE = 0;
  static final int PRESENT = 1;
  static final int WITHDRAW = 2;
  static final int MASKED = 3;

  private static final String HTTP = "org/apache/http/";
  private static final String CHAIN = HTTP + "impl/execchain/";
  private static final String WRAPPER = HTTP + "client/methods/HttpRequestWrapper";
  private static final String AWARE = HTTP + "client/methods/HttpExecutionAware";
  private static final String RESPONSE = HTTP + "client/methods/CloseableHttpResponse";
  private static final String EXECUTE_HOP =
      "(L"
          + HTTP
          + "conn/routing/HttpRoute;L"
          + WRAPPER
          + ";L"
          + HTTP
          + "client/protocol/HttpClientContext;L"
          + AWARE
          + ";)L"
          + RESPONSE
          + ";";

  /** Made once, by reflection. */
  public Apache4Client(TokenPolicy policy) {
    super(
        policy,
        "org.genesystoken.agent.clients.apache4.Apache4Adapter",
        CHAIN + "MainClientExec",
        4);
  }

  @Override
  public List<ClassWeave> weaves() {
    return Arrays.asList(
        chainLink("MainClientExec"),
        chainLink("MinimalClientExec"),
        ClassWeave.of(HTTP + "impl/conn/Wire", new LogWire("[B"), new LogWire("[BII")));
  }

  private static ClassWeave chainLink(String name) {
    return ClassWeave.of(CHAIN + name, new ExecuteHop())
        .using(CHAIN + "ClientExecChain", "execute" + EXECUTE_HOP)
        .using(AWARE, "isAborted()Z", "setCancellable(L" + HTTP + "concurrent/Cancellable;)V")
        .using(WRAPPER, "getRequestLine()L" + HTTP + "RequestLine;");
  }

  private static final class ExecuteHop extends MethodWeave {
    ExecuteHop() {
      super("execute", EXECUTE_HOP);
    }

    @Override
    protected void atEntry(Code code) {
      code.nothing().context(0, 1, 2, 3, 4).hook(EXECUTE).endUnlessNull(RESPONSE);
    }

    @Override
    protected List<String> calls() {
      return Collections.singletonList(HTTP + "protocol/HttpRequestExecutor.execute");
    }

    @Override
    protected void beforeCall(String call, Code code) {
      code.local(2).context(4).hook(PRESENT).drop();
    }

    @Override
    protected void afterCall(String call, Code code) {
      code.local(2).context(4).hook(WITHDRAW).drop();
    }
  }

  private static final class LogWire extends MethodWeave {
    LogWire(String parameters) {
      super("output", "(" + parameters + ")V");
    }

    @Override
    protected void atEntry(Code code) {
      code.local(1).context().hook(MASKED).cast("[B").store(1);
    }
  }
}

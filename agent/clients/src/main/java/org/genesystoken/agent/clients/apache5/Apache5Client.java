package org.genesystoken.agent.clients.apache5;

import java.util.Arrays;
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
 * // InternalExecRuntime, once per hop, below interceptors, redirects, retries and caches; from 5.4
 * // on there is one more, with an information callback
 * public ClassicHttpResponse execute(String id, ClassicHttpRequest request, HttpClientContext context) {
 *   Object answer = execute(null, {InternalExecRuntime.class, this, id, request, context});
 *   if (answer instanceof Throwable) throw (Throwable) answer;
 *   if (answer != null) return (ClassicHttpResponse) answer;
 *   ...                                   // an Exchange called us
 * }
 *
 * // with debug lines of org.apache.hc.client5.http.wire
 * public void Wire.output(byte[] b, int pos, int off) {
 *   b = masked(b, {Wire.class});
 *   ...
 * }
 * }</pre>
 */
public final class Apache5Client extends LibraryClient {
  private static final int EXECUTE = 0;
  private static final int MASKED = 1;

  private static final String HTTP = "org/apache/hc/client5/http/";
  private static final String CORE = "org/apache/hc/core5/http/";
  private static final String RUNTIME = HTTP + "impl/classic/InternalExecRuntime";
  private static final String REQUEST = "L" + CORE + "ClassicHttpRequest;";
  private static final String RESPONSE = CORE + "ClassicHttpResponse";
  private static final String CONTEXT = HTTP + "protocol/HttpClientContext";
  private static final String CALLBACK = "L" + CORE + "io/HttpResponseInformationCallback;";

  /** Made once, by reflection. */
  public Apache5Client(TokenPolicy policy) {
    super(policy, "org.genesystoken.agent.clients.apache5.Apache5Adapter", RUNTIME, 2);
  }

  @Override
  public List<ClassWeave> weaves() {
    return Arrays.asList(
        ClassWeave.of(RUNTIME, new ExecuteHop("", 3), new ExecuteHop(CALLBACK, 3, 4))
            .using(HTTP + "classic/ExecRuntime", "isExecutionAborted()Z", "disconnectEndpoint()V")
            .using(CONTEXT, "getHttpRoute()L" + HTTP + "RouteInfo;"),
        ClassWeave.of(HTTP + "impl/Wire", new LogWire()));
  }

  private static final class ExecuteHop extends MethodWeave {
    private final int[] last;

    /**
     * @param last the parameters behind the request
     */
    ExecuteHop(String callback, int... last) {
      super(
          "execute",
          "(Ljava/lang/String;" + REQUEST + callback + "L" + CONTEXT + ";)L" + RESPONSE + ";");
      this.last = last;
    }

    @Override
    protected boolean isOptional() {
      return true;
    }

    @Override
    protected void atEntry(Code code) {
      code.nothing();
      if (last.length == 1) {
        code.context(0, 1, 2, last[0]);
      } else {
        code.context(0, 1, 2, last[1], last[0]);
      }
      code.hook(EXECUTE).endUnlessNull(RESPONSE);
    }
  }

  private static final class LogWire extends MethodWeave {
    LogWire() {
      super("output", "([BII)V");
    }

    @Override
    protected void atEntry(Code code) {
      code.local(1).context().hook(MASKED).cast("[B").store(1);
    }
  }
}

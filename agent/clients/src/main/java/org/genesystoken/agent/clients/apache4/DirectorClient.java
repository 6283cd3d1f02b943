package org.genesystoken.agent.clients.apache4;

import java.util.Collections;
import java.util.List;
import org.genesystoken.agent.clients.weave.ClassWeave;
import org.genesystoken.agent.clients.weave.Code;
import org.genesystoken.agent.clients.weave.LibraryClient;
import org.genesystoken.agent.clients.weave.MethodWeave;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * What is woven into the library for {@code DefaultHttpClient}, which 4.3 has deprecated and all of
 * 4 still brings. As Java, its methods become:
 *
 * <pre>{@code
 * // DefaultRequestDirector, once per hop, below interceptors and redirects
 * private HttpResponse tryExecute(RoutedRequest req, HttpContext context) {
 *   ...
 *   present(null, {DefaultRequestDirector.class, req, context, requestExec, managedConn});
 *   response = requestExec.execute(wrapper, managedConn, context);
 *   response = answered(response, {DefaultRequestDirector.class});  // of the replay, perhaps
 *   ...
 * }
 *
 * // when a hop has failed
 * private void abortConnection() {
 *   failed(null, {DefaultRequestDirector.class});
 *   ...
 * }
 * }</pre>
 */
public final class DirectorClient extends LibraryClient {
  private static final int PRESENT = 0;
  private static final int ANSWERED = 1;
  private static final int FAILED = 2;

  private static final String HTTP = "org/apache/http/";
  private static final String DIRECTOR = HTTP + "impl/client/DefaultRequestDirector";
  private static final String EXECUTOR = HTTP + "protocol/HttpRequestExecutor";
  private static final String CONNECTION = HTTP + "conn/ManagedClientConnection";
  private static final String RESPONSE = HTTP + "HttpResponse";
  private static final String ROUTED = HTTP + "impl/client/RoutedRequest";

  /** Made once, by reflection. */
  public DirectorClient(TokenPolicy policy) {
    super(policy, "org.genesystoken.agent.clients.apache4.DirectorAdapter", DIRECTOR, 3);
  }

  @Override
  public List<ClassWeave> weaves() {
    return Collections.singletonList(
        ClassWeave.of(DIRECTOR, new TryExecute(), new Abort())
            .needing("requestExec:L" + EXECUTOR + ";", "managedConn:L" + CONNECTION + ";")
            .using(
                ROUTED,
                "getRequest()L" + HTTP + "impl/client/RequestWrapper;",
                "getRoute()L" + HTTP + "conn/routing/HttpRoute;"));
  }

  private static final class TryExecute extends MethodWeave {
    TryExecute() {
      super("tryExecute", "(L" + ROUTED + ";L" + HTTP + "protocol/HttpContext;)L" + RESPONSE + ";");
    }

    @Override
    protected List<String> calls() {
      return Collections.singletonList(EXECUTOR + ".execute");
    }

    @Override
    protected void beforeCall(String call, Code code) {
      code.nothing()
          .context(1, 2, 0, 0)
          .element(3)
          .field("requestExec", "L" + EXECUTOR + ";")
          .put()
          .element(4)
          .field("managedConn", "L" + CONNECTION + ";")
          .put()
          .hook(PRESENT)
          .drop();
    }

    @Override
    protected void afterCall(String call, Code code) {
      code.context().hook(ANSWERED).cast(RESPONSE);
    }
  }

  private static final class Abort extends MethodWeave {
    Abort() {
      super("abortConnection", "()V");
    }

    @Override
    protected void atEntry(Code code) {
      code.nothing().context().hook(FAILED).drop();
    }
  }
}

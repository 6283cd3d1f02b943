package org.genesystoken.agent.clients.urlconnection;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import org.genesystoken.agent.clients.weave.ClassWeave;
import org.genesystoken.agent.clients.weave.Client;
import org.genesystoken.agent.clients.weave.Code;
import org.genesystoken.agent.clients.weave.MethodWeave;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * What is woven into the JDK's connection. As Java, its three methods become:
 *
 * <pre>{@code
 * private void writeRequests() {
 *   withdraw(requests, userHeaders);          // what the hop before carried
 *   ...                                       // the JDK builds the headers, and logs them at FINE
 *   present(requests, url);
 *   http.writeRequests(requests, poster, streaming());
 *   ...
 * }
 *
 * private InputStream getInputStream0() {
 *   ...
 *   http.parseHTTP(responses, this);
 *   answered(responses, requests);            // notes a 401 and what it answers
 *   ...                                       // the JDK's own authentication and redirects
 * }
 *
 * public InputStream getInputStream() {
 *   for (;;) {
 *     try {
 *       ...                                   // the JDK's code; it throws on a 401
 *     } catch (IOException failure) {
 *       if (refused(failure, this) != null) throw failure;
 *     }                                       // null: the connection is as new, the loop replays it
 *   }
 * }
 * }</pre>
 */
public final class UrlConnectionClient implements Client {
  private static final int WITHDRAW = 0;
  private static final int PRESENT = 1;
  private static final int ANSWERED = 2;
  private static final int REFUSED = 3;

  private static final String CONNECTION = "sun/net/www/protocol/http/HttpURLConnection";
  private static final String HTTP = "sun/net/www/http/HttpClient";
  private static final String HEADER = "Lsun/net/www/MessageHeader;";

  private final List<BiFunction<Object, Object, Object>> hooks;

  /** Made once, by reflection. */
  public UrlConnectionClient(TokenPolicy policy) {
    Refusals refusals = new Refusals();
    hooks =
        Arrays.<BiFunction<Object, Object, Object>>asList(
            new Authorization.Withdraw(),
            new Authorization.Present(policy),
            new Refusals.Answered(refusals),
            new Replay(policy, refusals));
  }

  @Override
  public List<ClassWeave> weaves() {
    return Collections.singletonList(
        ClassWeave.of(CONNECTION, new WriteRequests(), new ReadResponse(), new GetInputStream())
            .needing(
                "requests:" + HEADER,
                "userHeaders:" + HEADER,
                "responses:" + HEADER,
                "inputStream:Ljava/io/InputStream;",
                "errorStream:Ljava/io/InputStream;",
                "rememberedException:Ljava/lang/Exception;",
                "http:Lsun/net/www/http/HttpClient;"));
  }

  @Override
  public List<BiFunction<Object, Object, Object>> hooks() {
    return hooks;
  }

  @Override
  public String[] opens() {
    return new String[] {
      "java.base/java.net", "java.base/sun.net.www", "java.base/sun.net.www.protocol.http"
    };
  }

  /**
   * Once per hop. The header is put in after the JDK has logged its headers, so that no log of the
   * app's holds the token, and below the JDK's own preemptive Basic or Digest, which wins.
   */
  private static final class WriteRequests extends MethodWeave {
    WriteRequests() {
      super("writeRequests", "()V");
    }

    @Override
    protected void atEntry(Code code) {
      code.field("requests", HEADER).field("userHeaders", HEADER).hook(WITHDRAW).drop();
    }

    @Override
    protected boolean needsCall() {
      return true;
    }

    @Override
    protected boolean matchesCall(String owner, String method) {
      return owner.equals(HTTP) && method.equals("writeRequests");
    }

    @Override
    protected void beforeCall(Code code) {
      code.field("requests", HEADER).field("url", "Ljava/net/URL;").hook(PRESENT).drop();
    }
  }

  /** The JDK takes the header off again when it has the response, so the 401 is noted before. */
  private static final class ReadResponse extends MethodWeave {
    ReadResponse() {
      super("getInputStream0", "()Ljava/io/InputStream;");
    }

    @Override
    protected boolean needsCall() {
      return true;
    }

    @Override
    protected boolean matchesCall(String owner, String method) {
      return owner.equals(HTTP) && method.equals("parseHTTP");
    }

    @Override
    protected void afterCall(Code code) {
      code.field("responses", HEADER).field("requests", HEADER).hook(ANSWERED).drop();
    }
  }

  /** Every accessor of a connection, and the https delegate, comes through here. */
  private static final class GetInputStream extends MethodWeave {
    GetInputStream() {
      super("getInputStream", "()Ljava/io/InputStream;");
    }

    @Override
    protected String rerunsOnThrow() {
      return "java/io/IOException";
    }

    @Override
    protected void onThrow(Code code) {
      code.local(0).hook(REFUSED);
    }
  }
}

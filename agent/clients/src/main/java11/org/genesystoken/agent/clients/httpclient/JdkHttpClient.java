package org.genesystoken.agent.clients.httpclient;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.genesystoken.agent.clients.weave.ClassWeave;
import org.genesystoken.agent.clients.weave.Client;
import org.genesystoken.agent.clients.weave.Code;
import org.genesystoken.agent.clients.weave.MethodWeave;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * What is woven into the JDK's client. As Java, its methods become:
 *
 * <pre>{@code
 * // HttpClientFacade, the only HttpClient that an app ever holds
 * public HttpResponse send(HttpRequest request, BodyHandler handler) {
 *   handler = handler(handler, begin(request, impl));  // an Exchange, where it needs one yet
 *   request = request(request, handler);               // the Exchange too, if its body is a stream
 *   return answer(impl.send(request, handler), null);  // the replay's, if there was one
 * }
 *
 * public CompletableFuture sendAsync(HttpRequest request, BodyHandler handler, ...) {
 *   Object replaying = exchangeAsync(null, {impl, request, handler, ...});
 *   if (replaying instanceof Throwable) throw (Throwable) replaying;
 *   if (replaying != null) return (CompletableFuture) replaying;
 *   ...                                             // the JDK's code
 * }
 *
 * // once per attempt, before anything of it is sent
 * private CompletableFuture MultiExchange.responseAsync0(CompletableFuture start) {
 *   start = attempt(start, this);                   // later, while there is no token yet
 *   ...
 * }
 *
 * // Java 16 and later: where cancel(true) of the app's future, or of one derived from it, ends
 * public boolean MultiExchange.cancel(boolean abort) {
 *   ...
 *   cancelled(this, abort);                         // ends the replay too
 * }
 *
 * // once per hop
 * AuthenticationFilter.request(HttpRequestImpl request, MultiExchange exchange) {
 *   ...
 *   present(request, exchange);
 * }
 *
 * // once per answer but for a redirect, before the client's Authenticator is asked
 * AuthenticationFilter.response(Response r) {
 *   answered(r.request(), r);
 *   ...                                             // with a 401:
 *   List<String> challenges = r.headers().allValues("WWW-Authenticate");
 *   challenges = challenges(challenges, {r.exchange.multi.responseHandler, r.statusCode()});
 *   ...                                             // none: the JDK would fail the call here
 * }
 *
 * // the answer for the app
 * public CompletableFuture Exchange.readBodyAsync(BodyHandler handler) {
 *   handler = reader(handler, request);              // a refusal's Exchange
 *   ...
 * }
 *
 * // what the hooks know of a hop; not where the class was loaded before the agent came
 * private transient volatile Object HttpRequestImpl.genesysTokenNote;
 *
 * // what goes on the wire; HttpRequest.headers(), which the app sees, is another method
 * HttpHeaders HttpRequestImpl.getUserHeaders() {
 *   return overridden(userHeaders, this);
 * }
 *
 * // what response.request() shows; the JDK itself reads the field
 * public Optional HttpRequestImpl.bodyPublisher() {
 *   return publisher(Optional.ofNullable(requestPublisher), null);
 * }
 *
 * // with -Djdk.httpclient.HttpClient.log=headers
 * static void Log.logHeaders(String format, Object... values) {
 *   format = masked(format, null);
 *   values = masked(values, null);
 *   ...
 * }
 * }</pre>
 */
public final class JdkHttpClient implements Client {
  private static final int BEGIN = 0;
  private static final int ANSWER = 1;
  private static final int EXCHANGE_ASYNC = 2;
  private static final int PRESENT = 3;
  private static final int OVERRIDDEN = 4;
  private static final int MASKED = 5;
  private static final int REQUEST_OF = 6;
  private static final int PUBLISHER = 7;
  private static final int ATTEMPT = 8;
  private static final int CANCELLED = 9;
  private static final int CHALLENGES = 10;
  private static final int HANDLER_OF = 11;
  private static final int ANSWERED = 12;
  private static final int READER = 13;

  private static final String PACKAGE = "jdk/internal/net/http/";
  private static final String REQUEST_IMPL = PACKAGE + "HttpRequestImpl";
  private static final String MULTI_EXCHANGE = PACKAGE + "MultiExchange";
  private static final String RESPONSE = PACKAGE + "Response";
  private static final String JDK_EXCHANGE = PACKAGE + "Exchange";
  private static final String CLIENT = "L" + PACKAGE + "HttpClientImpl;";
  private static final String HEADERS_BUILDER = PACKAGE + "common/HttpHeadersBuilder";

  /** The field that the JDK's request is given. */
  static final String NOTE = "genesysTokenNote";

  private static final String REQUEST = "Ljava/net/http/HttpRequest;";
  private static final String HANDLER_TYPE = "java/net/http/HttpResponse$BodyHandler";
  private static final String HANDLER = "L" + HANDLER_TYPE + ";";
  private static final String PUSH_HANDLER = "Ljava/net/http/HttpResponse$PushPromiseHandler;";
  private static final String FUTURE_TYPE = "java/util/concurrent/CompletableFuture";
  private static final String FUTURE = "L" + FUTURE_TYPE + ";";
  private static final String HEADERS = "Ljava/net/http/HttpHeaders;";

  private final List<BiFunction<Object, Object, Object>> hooks;

  /** Made once, by reflection. */
  public JdkHttpClient(TokenPolicy policy) {
    Calls.Plain plain = new Calls.Plain();
    hooks =
        List.of(
            new Calls.Begin(policy, plain),
            new Calls.End(),
            new Calls.BeginAsync(policy, plain),
            new SystemHeaders.Present(policy, plain),
            new SystemHeaders.Overridden(),
            new SystemHeaders.Masked(),
            new Calls.Request(),
            new SystemHeaders.Publisher(),
            new Calls.Attempt(),
            new Calls.Cancelled(),
            new Calls.Challenges(),
            new Calls.Handler(),
            new Calls.Answered(policy, plain),
            new Calls.Reader());
  }

  @Override
  public List<ClassWeave> weaves() {
    return Arrays.asList(
        ClassWeave.of(
                PACKAGE + "HttpClientFacade",
                new Send(),
                new SendAsync("(" + REQUEST + HANDLER + ")" + FUTURE, 3),
                new SendAsync("(" + REQUEST + HANDLER + PUSH_HANDLER + ")" + FUTURE, 4))
            .needing("impl:" + CLIENT),
        ClassWeave.of(MULTI_EXCHANGE, new Begin(), new Cancel())
            .needing(
                "responseHandler:" + HANDLER,
                "currentreq:L" + REQUEST_IMPL + ";",
                "userRequest:" + REQUEST,
                "cancelled:Z",
                "client:" + CLIENT),
        ClassWeave.of(JDK_EXCHANGE, new ReadBody())
            .needing("request:L" + REQUEST_IMPL + ";", "multi:L" + MULTI_EXCHANGE + ";"),
        ClassWeave.of(PACKAGE + "AuthenticationFilter", new FilterRequest(), new FilterResponse())
            .using(MULTI_EXCHANGE, "responseHandler:" + HANDLER)
            .using(
                RESPONSE,
                "exchange:L" + JDK_EXCHANGE + ";",
                "request()L" + REQUEST_IMPL + ";",
                "statusCode:I",
                "statusCode()I")
            .using(JDK_EXCHANGE, "multi:L" + MULTI_EXCHANGE + ";"),
        ClassWeave.of(REQUEST_IMPL, new GetUserHeaders(), new GetBodyPublisher())
            .needing(
                "systemHeadersBuilder:L" + HEADERS_BUILDER + ";",
                "proxy:Ljava/net/Proxy;",
                "isWebSocket:Z")
            .using(HEADERS_BUILDER, "headersMap:Ljava/util/TreeMap;")
            .adding(NOTE),
        ClassWeave.of(PACKAGE + "common/Log", new LogHeaders()));
  }

  @Override
  public List<BiFunction<Object, Object, Object>> hooks() {
    return hooks;
  }

  @Override
  public String[] opens() {
    return new String[] {
      "java.net.http/jdk.internal.net.http",
      "java.net.http/jdk.internal.net.http.common",
      "java.net.http/java.net.http"
    };
  }

  private static final class Send extends MethodWeave {
    Send() {
      super("send", "(" + REQUEST + HANDLER + ")Ljava/net/http/HttpResponse;");
    }

    @Override
    protected void atEntry(Code code) {
      code.local(2);
      code.local(1).field("impl", CLIENT).hook(BEGIN);
      code.hook(HANDLER_OF).cast(HANDLER_TYPE).store(2);
      code.local(1).local(2).hook(REQUEST_OF).cast("java/net/http/HttpRequest").store(1);
    }

    @Override
    protected void beforeReturn(Code code) {
      code.nothing().hook(ANSWER).cast("java/net/http/HttpResponse");
    }
  }

  private static final class SendAsync extends MethodWeave {
    private final int locals;

    /**
     * @param locals how many there are at the entry, with {@code this}
     */
    SendAsync(String descriptor, int locals) {
      super("sendAsync", descriptor);
      this.locals = locals;
    }

    @Override
    protected void atEntry(Code code) {
      code.nothing().array(4);
      code.element(0).field("impl", CLIENT).put();
      for (int i = 1; i < locals; i++) {
        code.element(i).local(i).put();
      }
      code.hook(EXCHANGE_ASYNC).endUnlessNull(FUTURE_TYPE);
    }
  }

  /** Once per attempt, before anything of it is sent. */
  private static final class Begin extends MethodWeave {
    Begin() {
      super("responseAsync0", "(" + FUTURE + ")" + FUTURE);
    }

    @Override
    protected void atEntry(Code code) {
      code.local(1).local(0).hook(ATTEMPT).cast(FUTURE_TYPE).store(1);
    }
  }

  /**
   * Java 16 and later: where the cancellation of a future, or of one that derives from it, ends.
   */
  private static final class Cancel extends MethodWeave {
    Cancel() {
      super("cancel", "(Z)Z");
    }

    @Override
    protected boolean isOptional() {
      return true;
    }

    @Override
    protected void beforeReturn(Code code) {
      code.local(0).number(1).hook(CANCELLED).drop();
    }
  }

  private static final class FilterRequest extends MethodWeave {
    FilterRequest() {
      super("request", "(L" + REQUEST_IMPL + ";L" + MULTI_EXCHANGE + ";)V");
    }

    @Override
    protected void beforeReturn(Code code) {
      code.local(1).local(2).hook(PRESENT).drop();
    }
  }

  /**
   * Once per answer but for a redirect; and where the challenges of a 401 are read, which a client
   * with an Authenticator cannot do without.
   */
  private static final class FilterResponse extends MethodWeave {
    private static final String VALUES = "java/net/http/HttpHeaders.allValues";

    FilterResponse() {
      super("response", "(L" + RESPONSE + ";)L" + REQUEST_IMPL + ";");
    }

    @Override
    protected void atEntry(Code code) {
      code.local(1)
          .call(RESPONSE, "request", "()L" + REQUEST_IMPL + ";")
          .local(1)
          .hook(ANSWERED)
          .drop();
    }

    @Override
    protected List<String> calls() {
      return List.of(VALUES);
    }

    @Override
    protected void afterCall(String call, Code code) {
      code.array(2);
      code.element(0)
          .local(1)
          .field(RESPONSE, "exchange", "L" + JDK_EXCHANGE + ";")
          .field(JDK_EXCHANGE, "multi", "L" + MULTI_EXCHANGE + ";")
          .field(MULTI_EXCHANGE, "responseHandler", HANDLER)
          .put();
      code.element(1).local(1).integer(RESPONSE, "statusCode").put();
      code.hook(CHALLENGES).cast("java/util/List");
    }
  }

  /** Once per call, with the answer that is the app's. */
  private static final class ReadBody extends MethodWeave {
    ReadBody() {
      super("readBodyAsync", "(" + HANDLER + ")" + FUTURE);
    }

    @Override
    protected void atEntry(Code code) {
      code.local(1)
          .field("request", "L" + REQUEST_IMPL + ";")
          .hook(READER)
          .cast(HANDLER_TYPE)
          .store(1);
    }
  }

  private static final class GetUserHeaders extends MethodWeave {
    GetUserHeaders() {
      super("getUserHeaders", "()" + HEADERS);
    }

    @Override
    protected void beforeReturn(Code code) {
      code.local(0).hook(OVERRIDDEN).cast("java/net/http/HttpHeaders");
    }
  }

  private static final class GetBodyPublisher extends MethodWeave {
    GetBodyPublisher() {
      super("bodyPublisher", "()Ljava/util/Optional;");
    }

    @Override
    protected void beforeReturn(Code code) {
      code.nothing().hook(PUBLISHER).cast("java/util/Optional");
    }
  }

  private static final class LogHeaders extends MethodWeave {
    LogHeaders() {
      super("logHeaders", "(Ljava/lang/String;[Ljava/lang/Object;)V");
    }

    @Override
    protected void atEntry(Code code) {
      // A static method: its parameters start at 0.
      code.local(0).nothing().hook(MASKED).cast("java/lang/String").store(0);
      code.local(1).nothing().hook(MASKED).cast("[Ljava/lang/Object;").store(1);
    }
  }
}

package org.genesystoken.agent.clients.okhttp;

import java.util.Arrays;
import java.util.List;
import org.genesystoken.agent.clients.weave.ClassWeave;
import org.genesystoken.agent.clients.weave.Code;
import org.genesystoken.agent.clients.weave.LibraryClient;
import org.genesystoken.agent.clients.weave.MethodWeave;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * What is woven into the library, whose package is {@code okhttp3} in versions 4 and 5 too. As
 * Java, its methods become:
 *
 * <pre>{@code
 * // below the app's own interceptors
 * public Response RetryAndFollowUpInterceptor.intercept(Chain chain) {
 *   Object answer = execute(null, {RetryAndFollowUpInterceptor.class, this, chain});
 *   if (answer instanceof Throwable) throw (Throwable) answer;
 *   if (answer != null) return (Response) answer;
 *   ...                                   // an Exchange called us
 * }
 *
 * // once per answer, before the app's Authenticator
 * private Request RetryAndFollowUpInterceptor.followUpRequest(Response userResponse, ...) {
 *   userResponse = answered(userResponse, {RetryAndFollowUpInterceptor.class});
 *   Object again = followUp(null, {RetryAndFollowUpInterceptor.class, userResponse});
 *   if (again != null) return (Request) again;
 *   ...
 * }
 *
 * // once per hop, below the app's network interceptors
 * public Response CallServerInterceptor.intercept(Chain chain) {
 *   connected(null, {CallServerInterceptor.class, chain});
 *   ...
 * }
 *
 * // Http1Codec, Http2Codec; since 3.14 Http1ExchangeCodec, Http2ExchangeCodec
 * public void writeRequestHeaders(Request request) {
 *   request = present(request, {Http1Codec.class});
 *   ...
 * }
 *
 * // of the same classes
 * public Sink createRequestBody(Request request, long contentLength) {
 *   ...
 *   return keep(sink, {Http1Codec.class, request});
 * }
 * }</pre>
 */
public final class OkHttp3Client extends LibraryClient {
  static final int EXECUTE = 0;
  static final int ANSWERED = 1;
  static final int FOLLOW_UP = 2;
  static final int CONNECTED = 3;
  static final int PRESENT = 4;
  static final int KEEP = 5;

  private static final String OKHTTP = "okhttp3/";
  private static final String INTERNAL = OKHTTP + "internal/";
  private static final String RETRY = INTERNAL + "http/RetryAndFollowUpInterceptor";
  private static final String EXCHANGE = INTERNAL + "connection/Exchange";
  private static final String CHAIN = OKHTTP + "Interceptor$Chain";
  private static final String REQUEST = OKHTTP + "Request";
  private static final String RESPONSE = OKHTTP + "Response";
  private static final String BUILDER = RESPONSE + "$Builder";
  private static final String BODY = OKHTTP + "ResponseBody";
  private static final String INTERCEPT = parameters(CHAIN) + type(RESPONSE);

  /** Made once, by reflection. */
  public OkHttp3Client(TokenPolicy policy) {
    super(policy, "org.genesystoken.agent.clients.okhttp.OkHttp3Adapter", RETRY, 6);
  }

  @Override
  public List<ClassWeave> weaves() {
    return Arrays.asList(
        ClassWeave.of(
                RETRY,
                new Execute(),
                new FollowUp(OKHTTP + "Route"),
                new FollowUp(EXCHANGE),
                new FollowUp(EXCHANGE, CHAIN))
            .using(
                CHAIN,
                "call()" + type(OKHTTP + "Call"),
                "connection()" + type(OKHTTP + "Connection"),
                "readTimeoutMillis()I")
            .using(OKHTTP + "Call", "timeout()Lokio/Timeout;", "isCanceled()Z")
            .using(BUILDER, "priorResponse" + parameters(RESPONSE) + type(BUILDER))
            .using(BODY, "create(Lokhttp3/MediaType;JLokio/BufferedSource;)" + type(BODY))
            .using("okio/BufferedSource", "buffer()Lokio/Buffer;", "request(J)Z"),
        ClassWeave.of(INTERNAL + "http/CallServerInterceptor", new Connected()),
        codec("http1/Http1Codec"),
        codec("http2/Http2Codec"),
        codec("http1/Http1ExchangeCodec"),
        codec("http2/Http2ExchangeCodec"));
  }

  private static ClassWeave codec(String name) {
    return ClassWeave.of(INTERNAL + name, new Present(), new Keep());
  }

  private static String type(String name) {
    return "L" + name + ";";
  }

  private static String parameters(String... names) {
    StringBuilder descriptor = new StringBuilder("(");
    for (String name : names) {
      descriptor.append(type(name));
    }
    return descriptor.append(')').toString();
  }

  private static final class Execute extends MethodWeave {
    Execute() {
      super("intercept", INTERCEPT);
    }

    @Override
    protected void atEntry(Code code) {
      code.nothing().context(0, 1).hook(EXECUTE).endUnlessNull(RESPONSE);
    }
  }

  private static final class FollowUp extends MethodWeave {
    /**
     * @param more what the method is given besides the answer: 3.12 to 4.6, to 5.3, and since then
     */
    FollowUp(String... more) {
      super("followUpRequest", descriptor(more));
    }

    private static String descriptor(String... more) {
      return "(" + type(RESPONSE) + parameters(more).substring(1) + type(REQUEST);
    }

    @Override
    protected boolean isOptional() {
      return true;
    }

    @Override
    protected void atEntry(Code code) {
      code.local(1).context().hook(ANSWERED).cast(RESPONSE).store(1);
      code.nothing().context(1).hook(FOLLOW_UP).endUnlessNull(REQUEST);
    }
  }

  private static final class Connected extends MethodWeave {
    Connected() {
      super("intercept", INTERCEPT);
    }

    @Override
    protected void atEntry(Code code) {
      code.nothing().context(1).hook(CONNECTED).drop();
    }
  }

  private static final class Present extends MethodWeave {
    Present() {
      super("writeRequestHeaders", parameters(REQUEST) + "V");
    }

    @Override
    protected void atEntry(Code code) {
      code.local(1).context().hook(PRESENT).cast(REQUEST).store(1);
    }
  }

  private static final class Keep extends MethodWeave {
    Keep() {
      super("createRequestBody", "(" + type(REQUEST) + "J)Lokio/Sink;");
    }

    @Override
    protected void beforeReturn(Code code) {
      code.context(1).hook(KEEP).cast("okio/Sink");
    }
  }
}

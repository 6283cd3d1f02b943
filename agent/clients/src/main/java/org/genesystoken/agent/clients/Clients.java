package org.genesystoken.agent.clients;

/** The HTTP clients that the agent steps into. */
final class Clients {
  /**
   * A line a client: its class, then the internal names of the classes that are woven. Names only,
   * so that the list costs nothing in a JVM that never loads any of them.
   */
  static final String[][] ALL = {
    {
      "org.genesystoken.agent.clients.urlconnection.UrlConnectionClient",
      "sun/net/www/protocol/http/HttpURLConnection",
      "sun/net/www/protocol/http/HttpURLConnection$StreamingOutputStream"
    },
    {
      "org.genesystoken.agent.clients.httpclient.JdkHttpClient",
      "jdk/internal/net/http/HttpClientFacade",
      "jdk/internal/net/http/MultiExchange",
      "jdk/internal/net/http/Exchange",
      "jdk/internal/net/http/HttpRequestImpl",
      "jdk/internal/net/http/AuthenticationFilter",
      "jdk/internal/net/http/common/Log"
    },
    {
      "org.genesystoken.agent.clients.apache4.Apache4Client",
      "org/apache/http/impl/execchain/MainClientExec",
      "org/apache/http/impl/execchain/MinimalClientExec",
      "org/apache/http/impl/conn/Wire"
    },
    {
      "org.genesystoken.agent.clients.apache4.DirectorClient",
      "org/apache/http/impl/client/DefaultRequestDirector"
    },
    {
      "org.genesystoken.agent.clients.apache5.Apache5Client",
      "org/apache/hc/client5/http/impl/classic/InternalExecRuntime",
      "org/apache/hc/client5/http/impl/Wire"
    },
    {
      "org.genesystoken.agent.clients.apache5.Apache5AsyncClient",
      "org/apache/hc/client5/http/impl/async/HttpAsyncMainClientExec",
      "org/apache/hc/client5/http/impl/async/H2AsyncMainClientExec",
      "org/apache/hc/client5/http/impl/async/LoggingIOSession",
      "org/apache/hc/client5/http/impl/async/HttpAsyncClientEventHandlerFactory$2",
      "org/apache/hc/client5/http/impl/async/H2AsyncClientEventHandlerFactory$1",
      "org/apache/hc/client5/http/impl/async/HttpAsyncClientProtocolNegotiationStarter$2",
      "org/apache/hc/client5/http/impl/async/H2AsyncClientProtocolStarter$1"
    },
    {
      "org.genesystoken.agent.clients.okhttp.OkHttp3Client",
      "okhttp3/internal/http/RetryAndFollowUpInterceptor",
      "okhttp3/internal/http/CallServerInterceptor",
      "okhttp3/internal/http1/Http1Codec",
      "okhttp3/internal/http2/Http2Codec",
      "okhttp3/internal/http1/Http1ExchangeCodec",
      "okhttp3/internal/http2/Http2ExchangeCodec"
    },
    {
      "org.genesystoken.agent.clients.asynchttpclient.AhcClient",
      "org/asynchttpclient/netty/request/NettyRequestSender",
      "org/asynchttpclient/netty/handler/HttpHandler",
      "org/asynchttpclient/netty/handler/Http2Handler",
      "org/asynchttpclient/netty/handler/AsyncHttpClientHandler",
      "org/asynchttpclient/netty/NettyResponseFuture"
    },
  };

  /** The package of the classes here that are the bootstrap loader's. */
  static final String BOOTSTRAP = "sun.net.www.protocol.http";

  /** How many characters the classes of a line begin with alike, and few others do. */
  private static final int ALIKE = 8;

  private Clients() {}

  /**
   * The client that weaves a class, or null. Called for each class that the JVM loads.
   *
   * @param className an internal name
   */
  static String[] weaving(String className) {
    for (String[] client : ALL) {
      if (className.regionMatches(0, client[1], 0, ALIKE)) {
        for (int i = 1; i < client.length; i++) {
          if (client[i].equals(className)) {
            return client;
          }
        }
      }
    }
    return null;
  }
}

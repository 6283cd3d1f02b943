package org.genesystoken.it.consumers;

import feign.Client;
import feign.Feign;
import feign.Headers;
import feign.Param;
import feign.RequestLine;
import feign.Response;
import feign.Target;
import feign.Util;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Feign. */
public final class FeignConsumer extends Consumer {
  private final Api api;

  private FeignConsumer(Client client) {
    api =
        Feign.builder()
            .client(client)
            .requestInterceptor(template -> seen())
            .target(Target.EmptyTarget.create(Api.class));
  }

  public static FeignConsumer of(String client) {
    return new FeignConsumer(
        client.equals("okhttp") ? new feign.okhttp.OkHttpClient() : new Client.Default(null, null));
  }

  @Override
  protected Answer exchange(Request request) throws IOException {
    URI uri = URI.create(request.url);
    try (Response answer =
        request.json == null
            ? api.get(uri, request.authorization)
            : api.post(uri, request.authorization, request.json)) {
      Map<String, List<String>> headers = new TreeMap<>();
      answer.headers().forEach((name, values) -> headers.put(name, new ArrayList<>(values)));
      return new Answer(
          answer.status(), headers, Util.toString(answer.body().asReader(StandardCharsets.UTF_8)));
    }
  }

  interface Api {
    @RequestLine("GET")
    @Headers("Authorization: {authorization}")
    Response get(URI uri, @Param("authorization") String authorization);

    @RequestLine("POST")
    @Headers({"Authorization: {authorization}", "Content-Type: application/json"})
    Response post(URI uri, @Param("authorization") String authorization, String json);
  }
}

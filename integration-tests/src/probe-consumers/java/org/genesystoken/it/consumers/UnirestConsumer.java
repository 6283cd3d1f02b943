package org.genesystoken.it.consumers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kong.unirest.Config;
import kong.unirest.HttpRequest;
import kong.unirest.HttpRequestWithBody;
import kong.unirest.HttpResponse;
import kong.unirest.Interceptor;
import kong.unirest.Unirest;
import kong.unirest.UnirestInstance;

/** Unirest 3, which is over Apache's client 4. */
public final class UnirestConsumer extends Consumer {
  private final UnirestInstance unirest = Unirest.spawnInstance();

  private UnirestConsumer() {
    unirest
        .config()
        .interceptor(
            new Interceptor() {
              @Override
              public void onRequest(HttpRequest<?> request, Config config) {
                seen();
              }
            });
  }

  public static UnirestConsumer of(String client) {
    return new UnirestConsumer();
  }

  @Override
  protected Answer exchange(Request request) {
    HttpRequestWithBody call =
        unirest
            .request(request.method, request.url)
            .header("Authorization", request.authorization)
            .header("Content-Type", "application/json");
    HttpResponse<String> answer =
        request.json == null ? call.asString() : call.body(request.json).asString();
    Map<String, List<String>> headers = new TreeMap<>();
    answer
        .getHeaders()
        .all()
        .forEach(
            header ->
                headers
                    .computeIfAbsent(header.getName(), name -> new ArrayList<>())
                    .add(header.getValue()));
    return new Answer(answer.getStatus(), headers, answer.getBody());
  }
}

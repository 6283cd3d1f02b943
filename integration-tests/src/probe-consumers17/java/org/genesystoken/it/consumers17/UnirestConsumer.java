package org.genesystoken.it.consumers17;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kong.unirest.core.Config;
import kong.unirest.core.HttpRequest;
import kong.unirest.core.HttpRequestWithBody;
import kong.unirest.core.HttpResponse;
import kong.unirest.core.Interceptor;
import kong.unirest.core.Unirest;
import kong.unirest.core.UnirestInstance;
import org.genesystoken.it.consumers.Consumer;

/** Unirest 4, which is over the JDK's client. */
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

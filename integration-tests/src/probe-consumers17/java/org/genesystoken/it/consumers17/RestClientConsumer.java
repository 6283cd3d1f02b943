package org.genesystoken.it.consumers17;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.genesystoken.it.consumers.Consumer;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/** Spring's {@code RestClient}. */
public final class RestClientConsumer extends Consumer {
  private final RestClient client;

  private RestClientConsumer(RestClient.Builder builder) {
    // an interceptor would have each body kept
    client = builder.requestInitializer(request -> seen()).build();
  }

  public static RestClientConsumer of(String client) {
    return new RestClientConsumer(
        RestClient.builder()
            .requestFactory(
                client.equals("apache")
                    ? new HttpComponentsClientHttpRequestFactory()
                    : new JdkClientHttpRequestFactory()));
  }

  @Override
  protected Answer exchange(Request request) {
    RestClient.RequestBodySpec call =
        client
            .method(HttpMethod.valueOf(request.method))
            .uri(URI.create(request.url))
            .header("Authorization", request.authorization);
    if (request.json != null) {
      call.contentType(MediaType.APPLICATION_JSON).body(request.json);
    }
    return call.exchange(
        (sent, answer) ->
            new Answer(
                answer.getStatusCode().value(),
                answer.getHeaders(),
                new String(answer.getBody().readAllBytes(), StandardCharsets.UTF_8)));
  }
}

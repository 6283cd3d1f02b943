package org.genesystoken.it.consumers;

import java.net.URI;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.RequestEntity;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.HttpStatusCodeException;
import org.springframework.web.client.RestTemplate;

/** Spring's {@code RestTemplate}. */
public final class SpringConsumer extends Consumer {
  private final RestTemplate template;

  private SpringConsumer(RestTemplate template) {
    this.template = template;
    // an interceptor would have each body kept
    template.getClientHttpRequestInitializers().add(request -> seen());
  }

  public static SpringConsumer of(String client) {
    return new SpringConsumer(
        new RestTemplate(
            client.equals("apache")
                ? new HttpComponentsClientHttpRequestFactory()
                : new SimpleClientHttpRequestFactory()));
  }

  @Override
  protected Answer exchange(Request request) {
    HttpHeaders headers = new HttpHeaders();
    headers.set("Authorization", request.authorization);
    headers.set("Content-Type", "application/json");
    RequestEntity<String> entity =
        new RequestEntity<>(
            request.json, headers, HttpMethod.valueOf(request.method), URI.create(request.url));
    try {
      ResponseEntity<String> answer = template.exchange(entity, String.class);
      return new Answer(answer.getStatusCodeValue(), answer.getHeaders(), answer.getBody());
    } catch (HttpStatusCodeException e) {
      return new Answer(e.getRawStatusCode(), e.getResponseHeaders(), e.getResponseBodyAsString());
    }
  }
}

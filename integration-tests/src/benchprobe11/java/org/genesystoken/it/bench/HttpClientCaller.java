package org.genesystoken.it.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** {@code java.net.http}, over HTTP/1.1 like the other. */
final class HttpClientCaller extends Caller {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  HttpClientCaller() {}

  @Override
  int get(String url) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url)).header("Authorization", TOKEN).build();
    return client.send(request, BodyHandlers.ofByteArray()).statusCode();
  }
}

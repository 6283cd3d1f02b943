package com.example.legacy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * The report after its move to Java 11: the same calls through {@code java.net.http}.
 *
 * <p>Usage: {@code API_TOKEN=... java com.example.legacy.HttpClientConversationReport <base URL>
 * <seconds>}. Prints a line per call: method, path, status (0: no answer).
 */
public final class HttpClientConversationReport {
  private static final String QUERY =
      "{\"interval\":\"2016-03-01T00:00:00Z/2016-03-02T00:00:00Z\",\"order\":\"asc\","
          + "\"paging\":{\"pageSize\":25,\"pageNumber\":1}}";

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  private final String baseUrl;
  private final String token;

  private HttpClientConversationReport(String baseUrl, String token) {
    this.baseUrl = baseUrl;
    this.token = token;
  }

  public static void main(String[] args) throws InterruptedException {
    String token = System.getenv("API_TOKEN");
    if (args.length != 2 || token == null) {
      System.err.println("Usage: API_TOKEN=... HttpClientConversationReport <base URL> <seconds>");
      System.exit(2);
    }
    new HttpClientConversationReport(args[0], token).run(Integer.parseInt(args[1]));
  }

  private void run(int seconds) throws InterruptedException {
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    for (int i = 0; System.nanoTime() < end; i++) {
      if (i % 2 == 0) {
        report("/api/v2/users/me", request("/api/v2/users/me").GET());
      } else {
        String path = "/api/v2/analytics/conversations/details/query";
        report(
            path,
            request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(QUERY)));
      }
      Thread.sleep(250);
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(baseUrl + path))
        .timeout(Duration.ofSeconds(10))
        .header("Authorization", "Bearer " + token)
        .header("Accept", "application/json");
  }

  private void report(String path, HttpRequest.Builder builder) throws InterruptedException {
    HttpRequest request = builder.build();
    int status;
    try {
      status = client.send(request, BodyHandlers.ofString()).statusCode();
    } catch (IOException e) {
      System.err.println(e);
      status = 0;
    }
    System.out.println(request.method() + " " + path + " " + status);
  }
}

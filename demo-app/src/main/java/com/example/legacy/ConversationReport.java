package com.example.legacy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;

/**
 * Asks Genesys Cloud who we are and which conversations there were, over and over.
 *
 * <p>Usage: {@code API_TOKEN=... java com.example.legacy.ConversationReport <base URL> <seconds>}.
 * Prints a line per call: method, path, status (0: no answer).
 */
public final class ConversationReport {
  private static final String QUERY =
      "{\"interval\":\"2016-03-01T00:00:00Z/2016-03-02T00:00:00Z\",\"order\":\"asc\","
          + "\"paging\":{\"pageSize\":25,\"pageNumber\":1}}";

  private final String baseUrl;
  private final String token;

  private ConversationReport(String baseUrl, String token) {
    this.baseUrl = baseUrl;
    this.token = token;
  }

  public static void main(String[] args) throws InterruptedException {
    String token = System.getenv("API_TOKEN");
    if (args.length != 2 || token == null) {
      System.err.println("Usage: API_TOKEN=... ConversationReport <base URL> <seconds>");
      System.exit(2);
    }
    new ConversationReport(args[0], token).run(Integer.parseInt(args[1]));
  }

  private void run(int seconds) throws InterruptedException {
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    for (int i = 0; System.nanoTime() < end; i++) {
      if (i % 2 == 0) {
        report("GET", "/api/v2/users/me", null);
      } else {
        report("POST", "/api/v2/analytics/conversations/details/query", QUERY);
      }
      Thread.sleep(250);
    }
  }

  private void report(String method, String path, String body) {
    int status;
    try {
      status = call(method, path, body);
    } catch (IOException e) {
      System.err.println(e);
      status = 0;
    }
    System.out.println(method + " " + path + " " + status);
  }

  private int call(String method, String path, String body) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) new URL(baseUrl + path).openConnection();
    connection.setConnectTimeout(10_000);
    connection.setReadTimeout(10_000);
    connection.setRequestMethod(method);
    connection.setRequestProperty("Authorization", "Bearer " + token);
    connection.setRequestProperty("Accept", "application/json");
    if (body != null) {
      connection.setRequestProperty("Content-Type", "application/json");
      connection.setDoOutput(true);
      try (OutputStream out = connection.getOutputStream()) {
        out.write(body.getBytes(StandardCharsets.UTF_8));
      }
    }
    int status = connection.getResponseCode();
    readToEnd(status < 400 ? connection.getInputStream() : connection.getErrorStream());
    return status;
  }

  private static void readToEnd(InputStream in) throws IOException {
    if (in == null) {
      return;
    }
    byte[] buffer = new byte[4096];
    try (InputStream answer = in) {
      while (answer.read(buffer) >= 0) {
        // the answer is of no interest here; reading it lets the connection be used again
      }
    }
  }
}

package org.genesystoken.it.probe;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URL;

/** {@code HttpURLConnection}, with every order of accessors that apps use. */
final class UrlConnectionCaller implements HttpCaller {
  @Override
  public void call(Call call, Outcome outcome) throws Exception {
    HttpURLConnection connection = open(call);
    String mode = call.get("mode", "status");
    outcome.look("first look", () -> first(connection, mode));
    outcome.look("code", connection::getResponseCode);
    outcome.look("status line", () -> connection.getHeaderField(0));
    outcome.look("message", connection::getResponseMessage);
    outcome.headers("header", connection.getHeaderFields());
    readBody(connection, outcome);
    outcome.look("code again", connection::getResponseCode);
    outcome.look("stream again", () -> connection.getInputStream() != null);
    outcome.look("error stream again", () -> connection.getErrorStream() != null);
    outcome.look("content type", connection::getContentType);
    outcome.look("content length", connection::getContentLength);
    outcome.look("method", connection::getRequestMethod);
    outcome.look("url", connection::getURL);
    outcome.look("own Authorization", () -> connection.getRequestProperty("Authorization"));
    outcome.look("request properties", connection::getRequestProperties);
    outcome.look("proxy", connection::usingProxy);
    outcome.look("class", () -> connection.getClass().getName());
    outcome.look("string", connection::toString);
    if (call.get("disconnect", null) != null) {
      connection.disconnect();
    }
  }

  @Override
  public String status(Call call) throws Exception {
    HttpURLConnection connection = open(call);
    int status = connection.getResponseCode();
    InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream();
    if (body != null) {
      Bytes.readAll(body);
      body.close();
    }
    return String.valueOf(status);
  }

  private static HttpURLConnection open(Call call) throws IOException {
    URL url = new URL(call.get("url", null));
    String proxy = call.get("proxy", null);
    HttpURLConnection connection =
        (HttpURLConnection)
            (proxy == null
                ? url.openConnection()
                : url.openConnection(
                    new Proxy(
                        Proxy.Type.HTTP,
                        new InetSocketAddress(
                            InetAddress.getLoopbackAddress(), Integer.parseInt(proxy)))));
    connection.setRequestMethod(call.get("method", "GET"));
    connection.setConnectTimeout(10_000);
    connection.setReadTimeout(20_000);
    connection.setInstanceFollowRedirects(!"off".equals(call.get("redirect", "on")));
    // its default says that a body is a form, which a server may try to read as one
    connection.setRequestProperty("Content-Type", "application/octet-stream");
    for (String header : call.all("header")) {
      int colon = header.indexOf(": ");
      connection.setRequestProperty(header.substring(0, colon), header.substring(colon + 2));
    }
    byte[] body = call.body();
    if (body != null) {
      connection.setDoOutput(true);
      String streaming = call.get("streaming", null);
      if ("fixed".equals(streaming)) {
        connection.setFixedLengthStreamingMode(body.length);
      } else if ("chunked".equals(streaming)) {
        connection.setChunkedStreamingMode(4096);
      }
      if ("connect".equals(call.get("mode", null))) {
        connection.connect();
      }
      try (OutputStream out = connection.getOutputStream()) {
        out.write(body);
      }
    }
    return connection;
  }

  private static Object first(HttpURLConnection connection, String mode) throws IOException {
    switch (mode) {
      case "connect":
        connection.connect();
        return "connected";
      case "header":
        return connection.getHeaderField("Content-Type");
      case "stream":
        return connection.getInputStream() != null;
      case "error":
        return connection.getErrorStream() != null;
      default:
        return connection.getResponseCode();
    }
  }

  private static void readBody(HttpURLConnection connection, Outcome outcome) {
    outcome.look("error body", () -> drain(connection.getErrorStream()));
    outcome.look("body", () -> drain(connection.getInputStream()));
  }

  private static String drain(InputStream in) throws IOException {
    if (in == null) {
      return "none";
    }
    try (InputStream body = in) {
      return Bytes.describe(Bytes.readAll(body));
    }
  }
}

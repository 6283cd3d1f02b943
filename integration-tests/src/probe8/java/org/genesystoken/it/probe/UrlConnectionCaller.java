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
    if (call.hasBody()) {
      outcome.look("output", () -> write(connection, call));
    }
    outcome.look("first look", () -> first(connection, mode));
    outcome.look("code", connection::getResponseCode);
    outcome.look("status line", () -> connection.getHeaderField(0));
    outcome.look("message", connection::getResponseMessage);
    outcome.headers("header", connection.getHeaderFields());
    boolean toItsEnd = !"beginning".equals(call.get("handler", null));
    outcome.look("error body", () -> drain(connection.getErrorStream(), toItsEnd));
    outcome.look("body", () -> drain(connection.getInputStream(), toItsEnd));
    outcome.look("code again", connection::getResponseCode);
    outcome.look("stream again", () -> connection.getInputStream() != null);
    outcome.look("error stream again", () -> connection.getErrorStream() != null);
    outcome.look("content type", connection::getContentType);
    outcome.look("content length", connection::getContentLength);
    outcome.look("method", connection::getRequestMethod);
    outcome.look("url", connection::getURL);
    outcome.look("own Authorization", () -> connection.getRequestProperty("Authorization"));
    // sorted: the order of a hash map is nobody's promise
    outcome.look(
        "request properties", () -> new java.util.TreeMap<>(connection.getRequestProperties()));
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
    if (call.hasBody()) {
      write(connection, call);
    }
    int status = connection.getResponseCode();
    InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream();
    if (body != null) {
      Bytes.readAll(body);
      body.close();
    }
    return String.valueOf(status);
  }

  static HttpURLConnection open(Call call) throws IOException {
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
    connection.setConnectTimeout(call.getInt("connect-timeout", 10_000));
    connection.setReadTimeout(call.getInt("timeout", 20_000));
    connection.setInstanceFollowRedirects(!"off".equals(call.get("redirect", "on")));
    // its default says that a body is a form, which a server may try to read as one
    connection.setRequestProperty("Content-Type", "application/octet-stream");
    for (String header : call.all("header")) {
      int colon = header.indexOf(": ");
      connection.setRequestProperty(header.substring(0, colon), header.substring(colon + 2));
    }
    return connection;
  }

  /** Writes the body, as {@code streaming=} and {@code write=} say. */
  private static String write(HttpURLConnection connection, Call call) throws IOException {
    byte[] body = call.isLarge() ? null : call.body();
    int length = body == null ? call.getInt("large", 0) : body.length;
    connection.setDoOutput(true);
    switch (call.get("streaming", "")) {
      case "fixed":
        connection.setFixedLengthStreamingMode(length);
        break;
      case "fixed-long":
        connection.setFixedLengthStreamingMode((long) length);
        break;
      case "chunked":
        connection.setChunkedStreamingMode(4096);
        break;
      default:
        // buffered
    }
    if ("connect".equals(call.get("mode", null))) {
      connection.connect();
    }
    try (OutputStream out = connection.getOutputStream()) {
      if (body == null) {
        Bytes.copy(call.bodyStream(), out);
        return "written";
      }
      switch (call.get("write", "array")) {
        case "byte":
          for (byte b : body) {
            out.write(b);
          }
          break;
        case "split":
          for (int from = 0, size = 1; from < body.length; size *= 3) {
            int part = Math.min(size, body.length - from);
            out.write(body, from, part);
            out.flush();
            from += part;
          }
          break;
        default:
          out.write(body);
      }
    }
    return "written";
  }

  private static Object first(HttpURLConnection connection, String mode) throws IOException {
    switch (mode) {
      case "connect":
        connection.connect();
        return "connected";
      case "disconnect":
        connection.connect();
        connection.disconnect();
        return connection.getResponseCode();
      case "disconnect-later":
        int code = connection.getResponseCode();
        connection.disconnect();
        return code;
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

  private static String drain(InputStream in, boolean toItsEnd) throws IOException {
    if (in == null) {
      return "none";
    }
    try (InputStream body = in) {
      return Bytes.describe(toItsEnd ? Bytes.readAll(body) : beginning(body));
    }
  }

  private static byte[] beginning(InputStream in) throws IOException {
    byte[] bytes = new byte[5];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) in.read();
    }
    return bytes;
  }
}

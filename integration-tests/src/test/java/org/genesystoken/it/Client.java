package org.genesystoken.it;

import java.util.stream.Stream;

/** The HTTP clients of the app, each with a way of calling. */
enum Client {
  URL_CONNECTION("HttpURLConnection", "url-connection", 8),
  SEND_1("java.net.http send", "send-1", 11),
  SEND_2("java.net.http send, HTTP/2", "send-2", 11),
  ASYNC_1("java.net.http sendAsync", "async-1", 11),
  ASYNC_2("java.net.http sendAsync, HTTP/2", "async-2", 11);

  private final String label;
  private final String probeName;
  private final int since;

  Client(String label, String probeName, int since) {
    this.label = label;
    this.probeName = probeName;
    this.since = since;
  }

  static Stream<Client> on(Jdks.Jdk jdk) {
    return Stream.of(values()).filter(client -> jdk.release() >= client.since);
  }

  /** HttpURLConnection refuses the method PATCH. */
  boolean canPatch() {
    return this != URL_CONNECTION;
  }

  /** Whether each exchange in progress has a connection of its own. */
  boolean isHttp1() {
    return this != SEND_2 && this != ASYNC_2;
  }

  /** The field of a probe command that chooses this client. */
  String field() {
    return "client=" + probeName;
  }

  @Override
  public String toString() {
    return label;
  }
}

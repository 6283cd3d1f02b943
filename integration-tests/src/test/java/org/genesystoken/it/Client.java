package org.genesystoken.it;

import java.io.File;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The HTTP clients of the app, each with a way of calling. */
enum Client {
  URL_CONNECTION("HttpURLConnection", "url-connection", 8),
  SEND_1("java.net.http send", "send-1", 11),
  SEND_2("java.net.http send, HTTP/2", "send-2", 11),
  ASYNC_1("java.net.http sendAsync", "async-1", 11),
  ASYNC_2("java.net.http sendAsync, HTTP/2", "async-2", 11),
  APACHE_4_3("Apache HttpClient 4.3.6", "apache4", "apache-4.3.6"),
  APACHE_4_5("Apache HttpClient 4.5.14", "apache4", "apache-4.5.14"),
  APACHE_4_3_DIRECTOR("Apache HttpClient 4.3.6 by DefaultHttpClient", "apache4", "apache-4.3.6"),
  APACHE_4_5_DIRECTOR("Apache HttpClient 4.5.14 by DefaultHttpClient", "apache4", "apache-4.5.14"),
  APACHE_5_0("Apache HttpClient 5.0.4", "apache5", "apache-5.0.4"),
  APACHE_5_5("Apache HttpClient 5.5.1", "apache5", "apache-5.5.1"),
  APACHE_5_0_ASYNC("Apache HttpClient 5.0.4 async", "apache5", "apache-5.0.4"),
  APACHE_5_0_ASYNC_2("Apache HttpClient 5.0.4 async, HTTP/2", "apache5", "apache-5.0.4"),
  APACHE_5_5_ASYNC("Apache HttpClient 5.5.1 async", "apache5", "apache-5.5.1"),
  APACHE_5_5_ASYNC_2("Apache HttpClient 5.5.1 async, HTTP/2", "apache5", "apache-5.5.1"),
  OKHTTP_3("OkHttp 3.12.13", "okhttp", "okhttp-3.12.13"),
  OKHTTP_3_ENQUEUE("OkHttp 3.12.13 enqueue", "okhttp", "okhttp-3.12.13"),
  OKHTTP_4("OkHttp 4.12.0", "okhttp", "okhttp-4.12.0"),
  OKHTTP_4_ENQUEUE("OkHttp 4.12.0 enqueue", "okhttp", "okhttp-4.12.0"),
  OKHTTP_5("OkHttp 5.5.1", "okhttp", "okhttp-5.5.1"),
  OKHTTP_5_ENQUEUE("OkHttp 5.5.1 enqueue", "okhttp", "okhttp-5.5.1"),
  AHC_2("AsyncHttpClient 2.12.4", "ahc", "async-http-client-2.12.4"),
  AHC_3("AsyncHttpClient 3.0.13", "ahc", 11, "async-http-client-3.0.13");

  private final String label;
  private final String probeName;
  private final int since;
  private final String library;

  Client(String label, String probeName, int since) {
    this(label, probeName, since, null);
  }

  Client(String label, String probeName, String library) {
    this(label, probeName, 8, library);
  }

  Client(String label, String probeName, int since, String library) {
    this.label = label;
    this.probeName = probeName;
    this.since = since;
    this.library = library;
  }

  /** The JDK's own. */
  static Stream<Client> on(Jdks.Jdk jdk) {
    return Stream.of(values())
        .filter(client -> client.library == null && jdk.release() >= client.since);
  }

  /** Those that apps bring along; {@code -Dit.clients=} takes those with that in the name only. */
  static Stream<Client> librariesOn(Jdks.Jdk jdk) {
    return Stream.of(values())
        .filter(client -> client.library != null && jdk.release() >= client.since)
        .filter(client -> client.label.contains(System.getProperty("it.clients", "")));
  }

  /** What has to be on the class path besides the probe: names of folders in the build output. */
  String[] classPath() {
    return library == null
        ? new String[0]
        : new String[] {"probe-" + probeName, "libraries/" + library + "/*"};
  }

  /** What keeps the JVM from warning of the library itself. */
  String[] jvmArgs(Jdks.Jdk jdk) {
    // 5.0 asks a TLS engine by reflection for what Java 8 has no methods for
    return isApacheAsync() && library.equals("apache-5.0.4") && jdk.release() > 8
        ? new String[] {"--add-opens", "java.base/sun.security.ssl=ALL-UNNAMED"}
        : new String[0];
  }

  /** The same with full paths, for a class loader of its own. */
  String deployment() {
    return Stream.of(classPath())
        .map(entry -> ForkedApp.target("") + File.separator + entry)
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** The first Java release that it runs on. */
  int since() {
    return since;
  }

  boolean isLibrary() {
    return library != null;
  }

  boolean isJavaNetHttp() {
    return !isLibrary() && this != URL_CONNECTION;
  }

  boolean isOkHttp() {
    return "okhttp".equals(probeName);
  }

  /** Whether the agent keeps a copy of a body that can be read once. */
  boolean keepsBodies() {
    return isLibrary() && !isAsyncHttpClient() && !isApacheAsync();
  }

  boolean isApacheAsync() {
    return way().startsWith("async") && isLibrary();
  }

  /** Whether it follows a redirect to another host only without an Authorization. */
  boolean keepsCredentialsAtHome() {
    return "apache-5.5.1".equals(library);
  }

  boolean hasProxies() {
    return !way().equals("async-2");
  }

  /** Whether few threads serve all calls, so that none of them may be held. */
  boolean hasEventLoop() {
    return isAsyncHttpClient() || isApacheAsync() || this == ASYNC_1 || this == ASYNC_2;
  }

  /**
   * Whether it uses a connection again, on which the server still waits for the body of a request
   * that it has refused, with or without the agent.
   */
  boolean losesBodies() {
    return this == APACHE_4_3 || this == APACHE_4_5;
  }

  /** Whether a call waits for a connection where the pool has none to give. */
  boolean hasQueue() {
    return probeName.startsWith("apache");
  }

  boolean isAsyncHttpClient() {
    return probeName.equals("ahc");
  }

  /** HttpURLConnection refuses the method PATCH. */
  boolean canPatch() {
    return this != URL_CONNECTION;
  }

  /** Whether each exchange in progress has a connection of its own. */
  boolean isHttp1() {
    return this != SEND_2 && this != ASYNC_2 && !way().equals("async-2");
  }

  /** The field of a probe command that chooses this client. */
  String field() {
    return library == null
        ? "client=" + probeName
        : "client="
            + probeName
            + "\tcaller=org.genesystoken.it."
            + probeName
            + "."
            + Character.toUpperCase(probeName.charAt(0))
            + probeName.substring(1)
            + "Caller"
            + (way().isEmpty() ? "" : "\tway=" + way());
  }

  /** As {@link #field}, with a library in an app of its own, as a server deploys it. */
  String deployedField() {
    return isLibrary() ? field() + "\tapp=" + deployment() : field();
  }

  /** What a library's probe is told if there is more than one way of calling; may be empty. */
  private String way() {
    if (label.endsWith(" enqueue")) {
      return "enqueue";
    }
    if (label.endsWith(" by DefaultHttpClient")) {
      return "director";
    }
    return label.endsWith(" async") ? "async" : label.endsWith(" async, HTTP/2") ? "async-2" : "";
  }

  @Override
  public String toString() {
    return label;
  }
}

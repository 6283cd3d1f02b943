package org.genesystoken.it.probe;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Authenticator;
import java.nio.charset.StandardCharsets;

/**
 * Reads one command a line, answers with {@code "| "} lines and a last {@code "| done"}. Ends when
 * stdin does, by returning from main: a thread that keeps the JVM alive is a failure.
 */
public final class Probe {
  private static volatile boolean started;

  private Probe() {}

  static boolean started() {
    return started;
  }

  public static void main(String[] args) throws IOException {
    started = true;
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Outcome outcome = new Outcome();
      try {
        run(new Call(line), outcome);
      } catch (Exception | LinkageError e) {
        outcome.add("threw", Outcome.describe(e));
      }
      for (String result : outcome.lines()) {
        System.out.println("| " + result);
      }
      System.out.println("| done");
    }
  }

  private static void run(Call call, Outcome outcome) throws Exception {
    switch (call.verb()) {
      case "call":
        outcome.add("sent", Bytes.sha256(call.bodyStream()));
        HttpCaller caller = caller(call);
        Meanwhile meanwhile = Meanwhile.of(call, caller);
        long start = System.nanoTime();
        try {
          caller.call(call, outcome);
        } finally {
          outcome.add("millis", (System.nanoTime() - start) / 1_000_000);
        }
        meanwhile.end(outcome);
        break;
      case "soak":
        Soak.run(caller(call), call, outcome);
        break;
      case "redeploy":
        Redeploy.run(call, outcome);
        break;
      case "surroundings":
        Surroundings.describe(outcome);
        break;
      case "management":
        Management.describe(outcome);
        break;
      case "look-up":
        Surroundings.lookUp(call, outcome);
        break;
      case "corner":
        corner(call, outcome);
        break;
      case "authenticator":
        Authenticator.setDefault(new FixedAuthenticator(call.get("user", "app")));
        break;
      default:
        throw new IllegalArgumentException("no such verb: " + call.verb());
    }
  }

  private static void corner(Call call, Outcome outcome) throws Exception {
    if (UrlConnectionCorners.look(call, outcome) || OwnParts.look(call, outcome)) {
      return;
    }
    // only there on 11 and later
    Class.forName("org.genesystoken.it.probe11.HttpClientCorners")
        .getMethod("look", Call.class, Outcome.class)
        .invoke(null, call, outcome);
  }

  /** Length and checksum of what is too large to be kept; reads and closes the stream. */
  public static String checksum(InputStream in) throws IOException {
    return UrlConnectionCorners.checksum(in);
  }

  /** The client that {@code client=} names, in the app that {@code app=} names if there is one. */
  public static HttpCaller caller(Call call) throws ReflectiveOperationException {
    String client = call.get("client", "url-connection");
    if (client.equals("url-connection")) {
      return new UrlConnectionCaller();
    }
    // only there on 11 and later, or with a library, and not to be loaded before it is asked for
    return Deployment.caller(
        client,
        call.get("caller", "org.genesystoken.it.probe11.HttpClientCaller"),
        Deployment.loader(call.get("app", "")));
  }
}

package org.genesystoken.agent.core.endpoint;

import java.io.File;
import java.io.PrintStream;
import java.net.URI;
import java.net.URL;
import java.util.Collections;
import javax.net.ssl.HttpsURLConnection;
import org.genesystoken.agent.core.log.RecordingLogger;
import org.genesystoken.agent.core.time.AgentThreads;

/** An app that sets its trust store late, after the agent has asked for a token over TLS. */
final class DefaultSslContextApp {
  private DefaultSslContextApp() {}

  public static void main(String[] args) throws Exception {
    PrintStream out = System.out;
    String url = "https://localhost:" + args[0] + "/oauth/token";
    HttpTokenCall call =
        new HttpTokenCall(
            URI.create(url),
            2_000,
            null,
            Collections.emptyList(),
            new Tls(new File(args[1]), null, null, null, new RecordingLogger()),
            new AgentThreads());
    out.println("token call: " + call.post(null, "a=b", 10_000).status());

    // had the default context been made by now, it would not know of this store
    System.setProperty("javax.net.ssl.trustStore", args[1]);
    System.setProperty("javax.net.ssl.trustStorePassword", KeyStores.USUAL);
    HttpsURLConnection connection = (HttpsURLConnection) new URL(url).openConnection();
    out.println("default context made later: " + connection.getResponseCode());
  }
}

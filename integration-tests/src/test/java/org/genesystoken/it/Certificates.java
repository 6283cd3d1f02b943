package org.genesystoken.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A self-signed certificate for loopback and a trust store with it, made once a build. */
final class Certificates {
  static final String PASSWORD = "changeit";

  private Certificates() {}

  /** Key and certificate, for the server. JKS, which Java 8 reads without further ado. */
  static Path keyStore() {
    return keyStore("server.jks", "localhost", ",ip:127.0.0.1");
  }

  /** As above, of a server with another name than those of loopback. */
  static Path strangersKeyStore() {
    return keyStore("stranger.jks", "stranger.example", "");
  }

  private static synchronized Path keyStore(String file, String name, String more) {
    Path store = ForkedApp.target("certificates").resolve(file);
    if (!Files.exists(store)) {
      keytool(
          "-genkeypair",
          "-alias",
          "server",
          "-keyalg",
          "RSA",
          "-keysize",
          "2048",
          "-validity",
          "3650",
          "-dname",
          "CN=" + name,
          "-ext",
          "san=dns:" + name + more,
          "-keystore",
          store.toString(),
          "-keypass",
          PASSWORD);
      // else the agent has a word to say about it
      AgentSettings.onlyForOwner(store);
    }
    return store;
  }

  /** The certificate alone, for who is to trust it. */
  static synchronized Path trustStore() {
    Path store = ForkedApp.target("certificates").resolve("trust.jks");
    if (!Files.exists(store)) {
      Path certificate = store.resolveSibling("server.pem");
      keytool(
          "-exportcert",
          "-rfc",
          "-alias",
          "server",
          "-keystore",
          keyStore().toString(),
          "-file",
          certificate.toString());
      keytool(
          "-importcert",
          "-noprompt",
          "-alias",
          "server",
          "-keystore",
          store.toString(),
          "-file",
          certificate.toString());
    }
    return store;
  }

  private static void keytool(String... args) {
    try {
      Files.createDirectories(ForkedApp.target("certificates"));
      List<String> command = new java.util.ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
      command.addAll(List.of(args));
      command.addAll(List.of("-storetype", "JKS", "-storepass", PASSWORD));
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException("keytool: " + output);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}

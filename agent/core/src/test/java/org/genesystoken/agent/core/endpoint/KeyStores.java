package org.genesystoken.agent.core.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.FileInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import org.genesystoken.agent.core.ForkedJava;

/** Keys and certificates for the tests of TLS, made with keytool. */
final class KeyStores {
  static final String USUAL = "changeit";

  private KeyStores() {}

  /** A key and its self-signed certificate for localhost. */
  static File key(Path directory, String name, String type, String password) throws Exception {
    File store = directory.resolve(name).toFile();
    keytool(
        "-genkeypair",
        "-alias",
        "key",
        "-keyalg",
        "EC",
        "-dname",
        "CN=localhost",
        "-ext",
        "SAN=dns:localhost",
        "-storetype",
        type,
        "-storepass",
        password,
        "-keypass",
        password,
        "-keystore",
        store.getPath());
    if (File.separatorChar == '/') {
      Files.setPosixFilePermissions(store.toPath(), PosixFilePermissions.fromString("rw-------"));
    }
    return store;
  }

  /** The certificates of a store, without the keys, in another one. */
  static File certificates(File of, String ofPassword, File store, String type, String password)
      throws Exception {
    File certificate = new File(of.getPath() + ".pem");
    keytool(
        "-exportcert",
        "-alias",
        "key",
        "-keystore",
        of.getPath(),
        "-storepass",
        ofPassword,
        "-file",
        certificate.getPath());
    keytool(
        "-importcert",
        "-noprompt",
        "-alias",
        "certificate",
        "-storetype",
        type,
        "-storepass",
        password,
        "-keystore",
        store.getPath(),
        "-file",
        certificate.getPath());
    return store;
  }

  /**
   * A server with this key.
   *
   * @param clients the certificates that a client must have one of, or null: none is asked for
   */
  static RawServer server(File keys, File clients) throws Exception {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(load(keys), USUAL.toCharArray());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(load(clients == null ? keys : clients));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), trust.getTrustManagers(), null);
    ServerSocket socket =
        context
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    ((SSLServerSocket) socket).setNeedClientAuth(clients != null);
    return RawServer.on(
        socket,
        (request, out, accepted) ->
            out.write(
                RawServer.json("{\"access_token\":\"abc\"}").getBytes(StandardCharsets.US_ASCII)));
  }

  private static KeyStore load(File store) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = new FileInputStream(store)) {
      keys.load(in, USUAL.toCharArray());
    }
    return keys;
  }

  private static void keytool(String... arguments) throws Exception {
    List<String> all = new ArrayList<>();
    // keytool's class through the java launcher: a run-time image may lack the tool itself
    all.add("sun.security.tools.keytool.Main");
    all.addAll(Arrays.asList(arguments));
    StringBuilder said = new StringBuilder();
    try (ForkedJava keytool = ForkedJava.java(all.toArray(new String[0]))) {
      for (String line = keytool.line(); line != null; line = keytool.line()) {
        said.append(line).append('\n');
      }
      assertThat(keytool.end()).as(said.toString()).isZero();
    }
  }
}

package org.genesystoken.agent.core.endpoint;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.util.Collections;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Whom the token call trusts. */
final class Trust {
  // What cacerts and most trust stores have: it protects nothing, certificates are public.
  private static final char[] USUAL_PASSWORD = "changeit".toCharArray();

  private Trust() {}

  /**
   * @param store null: what the JVM trusts by default ({@code javax.net.ssl.trustStore}, cacerts)
   * @throws IOException with a message for the operator
   */
  static SSLContext context(File store) throws IOException {
    try {
      TrustManager[] managers = null;
      if (store != null) {
        TrustManagerFactory factory =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(load(store));
        managers = factory.getTrustManagers();
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS cannot be set up (" + e.getMessage() + ")");
    }
  }

  private static KeyStore load(File store) throws IOException, GeneralSecurityException {
    IOException failure = null;
    // Without its password a PKCS12 store shows no certificate; a JKS store does.
    for (char[] password : new char[][] {null, USUAL_PASSWORD}) {
      try (InputStream in = new FileInputStream(store)) {
        KeyStore keys = KeyStore.getInstance(KeyStore.getDefaultType());
        keys.load(in, password);
        if (hasCertificate(keys)) {
          return keys;
        }
      } catch (IOException e) {
        failure = e;
      }
    }
    throw new IOException(
        "token-trust-store "
            + store
            + (failure == null ? " holds no certificate" : " cannot be read")
            + "; give a JKS or PKCS12 store without a password or with 'changeit'");
  }

  private static boolean hasCertificate(KeyStore keys) throws KeyStoreException {
    for (String alias : Collections.list(keys.aliases())) {
      if (keys.getCertificate(alias) != null) {
        return true;
      }
    }
    return false;
  }
}

package org.genesystoken.agent.core.endpoint;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.util.Collections;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.genesystoken.agent.core.config.Secret;

/**
 * Whom the token call trusts, and how it proves who it is. Thread-safe.
 *
 * <p>A context of its own: {@code SSLContext.getDefault()} belongs to the app, and asking for it
 * would fix it before the app has set its properties.
 */
final class Tls {
  // What cacerts and most trust stores have: it protects nothing, certificates are public.
  private static final char[] USUAL_PASSWORD = "changeit".toCharArray();

  private final File trustStore;
  private final Secret trustStorePassword;
  private final File keyStore;
  private final SecretSource keyStorePassword;
  private volatile Made made;

  /**
   * @param trustStore null: what the JVM trusts by default ({@code javax.net.ssl.trustStore},
   *     cacerts)
   * @param trustStorePassword null: none, or the usual one
   * @param keyStore null: no certificate of the client
   */
  Tls(File trustStore, Secret trustStorePassword, File keyStore, SecretSource keyStorePassword) {
    this.trustStore = trustStore;
    this.trustStorePassword = trustStorePassword;
    this.keyStore = keyStore;
    this.keyStorePassword = keyStorePassword;
  }

  /**
   * Made again when one of the stores has changed, as certificates that live for days do; one that
   * is half written or missing leaves the context of before.
   *
   * @throws IOException with a message for the operator
   */
  SSLContext context() throws IOException {
    Made before = made;
    String stamp = stamp(trustStore) + stamp(keyStore);
    if (before != null && before.stamp.equals(stamp)) {
      return before.context;
    }
    try {
      Made now = new Made(stamp, make());
      made = now;
      return now.context;
    } catch (IOException e) {
      if (before != null) {
        return before.context;
      }
      throw e;
    }
  }

  private static String stamp(File store) {
    return store == null ? "" : store.lastModified() + ":" + store.length() + " ";
  }

  private SSLContext make() throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(identity(), trust(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS cannot be set up (" + e.getClass().getSimpleName() + ")");
    }
  }

  private TrustManager[] trust() throws IOException, GeneralSecurityException {
    if (trustStore == null) {
      return null;
    }
    // Without its password a PKCS12 store shows no certificate; a JKS store does.
    char[][] passwords =
        trustStorePassword == null
            ? new char[][] {null, USUAL_PASSWORD}
            : new char[][] {trustStorePassword.value().toCharArray()};
    KeyStore certificates = null;
    for (char[] password : passwords) {
      KeyStore opened = open(trustStore, password);
      if (opened != null && hasCertificate(opened)) {
        certificates = opened;
        break;
      }
    }
    if (certificates == null) {
      throw new IOException(
          "token-trust-store "
              + trustStore
              + " cannot be read or holds no certificate; give a JKS or PKCS12 store and, unless"
              + " its password is 'changeit', token-trust-store-password");
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(certificates);
    return factory.getTrustManagers();
  }

  private KeyManager[] identity() throws IOException, GeneralSecurityException {
    if (keyStore == null) {
      return null;
    }
    Secret secret = keyStorePassword.current();
    char[] password = secret == null ? new char[0] : secret.value().toCharArray();
    KeyStore keys = open(keyStore, password);
    if (keys == null || !hasKey(keys)) {
      throw new IOException(
          "token-key-store "
              + keyStore
              + " cannot be read or holds no key; give a JKS or PKCS12 store and"
              + " token-key-store-password");
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    try {
      factory.init(keys, password);
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "the key in token-key-store " + keyStore + " has another password than the store");
    }
    return factory.getKeyManagers();
  }

  /** Null if it cannot be read with this password (null: without checking). */
  private static KeyStore open(File store, char[] password) throws GeneralSecurityException {
    // the default type reads both on most JVMs, but security policies may have changed it
    for (String type : new String[] {KeyStore.getDefaultType(), "PKCS12", "JKS"}) {
      try (InputStream in = new FileInputStream(store)) {
        KeyStore keys = KeyStore.getInstance(type);
        keys.load(in, password);
        return keys;
      } catch (IOException | KeyStoreException e) {
        // another type or password may do; the caller tells the operator
      }
    }
    return null;
  }

  private static boolean hasCertificate(KeyStore store) throws KeyStoreException {
    for (String alias : Collections.list(store.aliases())) {
      if (store.getCertificate(alias) != null) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasKey(KeyStore store) throws KeyStoreException {
    for (String alias : Collections.list(store.aliases())) {
      if (store.isKeyEntry(alias)) {
        return true;
      }
    }
    return false;
  }

  /** What was made of the stores as they were. */
  private static final class Made {
    final String stamp;
    final SSLContext context;

    Made(String stamp, SSLContext context) {
      this.stamp = stamp;
      this.context = context;
    }
  }
}

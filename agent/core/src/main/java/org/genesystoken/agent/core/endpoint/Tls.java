package org.genesystoken.agent.core.endpoint;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.util.Arrays;
import java.util.Collections;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.genesystoken.agent.core.config.Secret;
import org.slf4j.Logger;

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
  private final Logger log;
  private volatile Made made;
  // What no context could be made of, so that it is told once.
  private volatile Stores failed;

  /**
   * @param trustStore null: what the JVM trusts by default ({@code javax.net.ssl.trustStore},
   *     cacerts)
   * @param trustStorePassword null: none, or the usual one
   * @param keyStore null: no certificate of the client
   */
  Tls(
      File trustStore,
      Secret trustStorePassword,
      File keyStore,
      SecretSource keyStorePassword,
      Logger log) {
    this.trustStore = trustStore;
    this.trustStorePassword = trustStorePassword;
    this.keyStore = keyStore;
    this.keyStorePassword = keyStorePassword;
    this.log = log;
  }

  /**
   * Made again when one of the stores has changed, as certificates that live for days do; one that
   * is half written or missing leaves the context of before, and one line says so.
   *
   * @throws IOException with a message for the operator
   */
  SSLContext context() throws IOException {
    Made before = made;
    Stores stores = new Stores(bytes(trustStore), bytes(keyStore));
    if (before != null && before.stores.equals(stores)) {
      failed = null;
      return before.context;
    }
    try {
      Made now = new Made(stores, make(stores));
      made = now;
      failed = null;
      return now.context;
    } catch (IOException e) {
      if (before == null) {
        throw e;
      }
      if (!stores.equals(failed)) {
        failed = stores;
        log.warn("{}; what was read before stays in use", e.getMessage());
      }
      return before.context;
    }
  }

  /** Null: none, or it cannot be read. */
  private static byte[] bytes(File store) {
    if (store == null) {
      return null;
    }
    try {
      return Files.readAllBytes(store.toPath());
    } catch (IOException e) {
      // the caller tells the operator
      return null;
    }
  }

  private SSLContext make(Stores stores) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(identity(stores.keys), trust(stores.trusted), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS cannot be set up (" + e.getClass().getSimpleName() + ")");
    }
  }

  private TrustManager[] trust(byte[] store) throws IOException, GeneralSecurityException {
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
      KeyStore opened = open(store, password);
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

  private KeyManager[] identity(byte[] store) throws IOException, GeneralSecurityException {
    if (keyStore == null) {
      return null;
    }
    Secret secret = keyStorePassword.current();
    char[] password = secret == null ? new char[0] : secret.value().toCharArray();
    KeyStore keys = open(store, password);
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

  /** Null if it cannot be read with this password (null: without checking), or is null itself. */
  private static KeyStore open(byte[] store, char[] password) throws GeneralSecurityException {
    if (store == null) {
      return null;
    }
    // the default type reads both on most JVMs, but security policies may have changed it
    for (String type : new String[] {KeyStore.getDefaultType(), "PKCS12", "JKS"}) {
      try {
        KeyStore keys = KeyStore.getInstance(type);
        keys.load(new ByteArrayInputStream(store), password);
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

  /**
   * The stores as they were read, null where there is none. As a whole: a time stamp is too coarse,
   * see {@link SecretFile}, and what is compared has to be what is used.
   */
  private static final class Stores {
    final byte[] trusted;
    final byte[] keys;

    Stores(byte[] trusted, byte[] keys) {
      this.trusted = trusted;
      this.keys = keys;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Stores
          && Arrays.equals(trusted, ((Stores) other).trusted)
          && Arrays.equals(keys, ((Stores) other).keys);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(trusted) + Arrays.hashCode(keys);
    }
  }

  /** What was made of the stores as they were. */
  private static final class Made {
    final Stores stores;
    final SSLContext context;

    Made(Stores stores, SSLContext context) {
      this.stores = stores;
      this.context = context;
    }
  }
}

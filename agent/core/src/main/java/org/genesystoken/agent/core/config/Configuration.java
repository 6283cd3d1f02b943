package org.genesystoken.agent.core.config;

import java.io.File;
import java.net.URI;
import java.util.List;
import java.util.Set;

/** Everything the operator can set, checked and immutable. Thread-safe. */
public final class Configuration {
  private Configuration() {}

  /** How a token is asked for (RFC 6749 §4.4 and §6). */
  public enum Grant {
    CLIENT_CREDENTIALS,
    REFRESH_TOKEN
  }

  /** How the client proves who it is to the token endpoint (RFC 6749 §2.3.1). */
  public enum ClientAuth {
    BASIC,
    BODY
  }

  /** On which requests the managed token is put. */
  public enum Inject {
    ALWAYS,
    BEARER_ONLY,
    ON_401
  }

  /** The hosts that may get the token, as {@code [scheme://]host[:port]}; never empty. */
  public List<String> hosts() {
    return null;
  }

  /**
   * The token endpoint, or null: {@code /api/v2/oauth/token} on the origin of the first covered
   * request.
   */
  public URI tokenUrl() {
    return null;
  }

  public Grant grant() {
    return null;
  }

  public String clientId() {
    return null;
  }

  public Secret clientSecret() {
    return null;
  }

  public ClientAuth clientAuth() {
    return null;
  }

  /** The refresh token to start from, or null. */
  public Secret refreshToken() {
    return null;
  }

  /** The file that a rotated refresh token is written to, or null. */
  public File refreshTokenFile() {
    return null;
  }

  /** A first access token, or null. */
  public Secret accessToken() {
    return null;
  }

  public Set<String> expiredCodes() {
    return null;
  }

  public Inject inject() {
    return null;
  }

  /** In bytes. */
  public int replayBodyLimit() {
    return 0;
  }

  public long waitMillis() {
    return 0;
  }

  /** Lead before expiry in milliseconds; -1: chosen from the token's life. */
  public long refreshAheadMillis() {
    return 0;
  }

  /** {@code http://[user:password@]host:port}, or null: what the JVM's ProxySelector says. */
  public URI tokenProxy() {
    return null;
  }

  /** A key store with the certificates to trust for the token call, or null: the JVM's. */
  public File tokenTrustStore() {
    return null;
  }

  public long connectTimeoutMillis() {
    return 0;
  }

  public long readTimeoutMillis() {
    return 0;
  }
}

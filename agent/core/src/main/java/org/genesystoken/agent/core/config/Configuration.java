package org.genesystoken.agent.core.config;

import java.io.File;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/** Everything the operator can set, checked and immutable. Thread-safe. */
public final class Configuration {
  private final boolean enabled;
  private final List<String> hosts;

  /**
   * Not as a URI: one that follows from the hosts needs no check, so it is parsed when asked for.
   */
  private final String tokenUrl;

  private final boolean refreshGrant;
  private final String clientId;
  private final String clientSecret;
  private final File clientSecretFile;
  private final int clientAuth;
  private final String refreshToken;
  private final File refreshTokenFile;
  private final boolean allowReadableSecrets;
  private final String accessToken;
  private final Set<String> expiredCodes;
  private final int inject;
  private final int replayBodyLimit;
  private final long waitMillis;
  private final long refreshAheadMillis;
  private final long retry429Millis;
  private final URI tokenProxy;
  private final List<String> tokenNoProxy;
  private final File tokenTrustStore;
  private final String tokenTrustStorePassword;
  private final File tokenKeyStore;
  private final String tokenKeyStorePassword;
  private final File tokenKeyStorePasswordFile;
  private final long connectTimeoutMillis;
  private final long readTimeoutMillis;
  private final String logLevel;
  private final File logFile;

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

  // Choices are kept by their position, and secrets as text: the classes of the enums, and that of
  // a secret, are for whoever asks.

  /** Notes in {@code sources} what is wrong; an instance is of use only if nothing is. */
  private Configuration(Sources sources) {
    enabled = sources.flag(Setting.ENABLED);
    hosts = Collections.unmodifiableList(hosts(sources));
    tokenUrl = tokenUrl(sources, hosts);
    refreshGrant = isRefreshGrant(sources);
    clientId = sources.text(Setting.CLIENT_ID);
    clientSecretFile = secretFile(sources, Setting.CLIENT_SECRET, Setting.CLIENT_SECRET_FILE);
    clientSecret = secret(sources, Setting.CLIENT_SECRET, Setting.CLIENT_SECRET_FILE);
    clientAuth = sources.choice(Setting.CLIENT_AUTH);
    refreshTokenFile = file(sources, Setting.REFRESH_TOKEN_FILE);
    refreshToken = refreshToken(sources, refreshTokenFile);
    allowReadableSecrets = sources.flag(Setting.ALLOW_READABLE_SECRETS);
    accessToken = accessToken(sources);
    expiredCodes = expiredCodes(sources);
    inject = sources.choice(Setting.INJECT);
    replayBodyLimit = (int) sources.number(Setting.REPLAY_BODY_LIMIT);
    waitMillis = sources.number(Setting.WAIT);
    refreshAheadMillis = sources.number(Setting.REFRESH_AHEAD);
    retry429Millis = sources.number(Setting.RETRY_429);
    tokenNoProxy =
        sources.text(Setting.TOKEN_NO_PROXY) == null
            ? Collections.<String>emptyList()
            : Collections.unmodifiableList(Addresses.noProxy(sources));
    tokenProxy =
        sources.text(Setting.TOKEN_PROXY) == null
            ? null
            : Addresses.proxy(sources, tokenUrl, tokenNoProxy);
    tokenTrustStore = sources.readableFile(Setting.TOKEN_TRUST_STORE);
    tokenTrustStorePassword = sources.text(Setting.TOKEN_TRUST_STORE_PASSWORD);
    tokenKeyStore = sources.keyStore(Setting.TOKEN_KEY_STORE);
    tokenKeyStorePasswordFile =
        secretFile(
            sources, Setting.TOKEN_KEY_STORE_PASSWORD, Setting.TOKEN_KEY_STORE_PASSWORD_FILE);
    tokenKeyStorePassword =
        secret(sources, Setting.TOKEN_KEY_STORE_PASSWORD, Setting.TOKEN_KEY_STORE_PASSWORD_FILE);
    connectTimeoutMillis = sources.number(Setting.CONNECT_TIMEOUT);
    readTimeoutMillis = sources.number(Setting.READ_TIMEOUT);
    logLevel = Setting.LOG_LEVEL.choice(sources.choice(Setting.LOG_LEVEL));
    logFile = file(sources, Setting.LOG_FILE);
    requireCredentials(sources, refreshGrant);
  }

  /**
   * Reads the settings of this JVM.
   *
   * @param agentArgument what follows {@code =} in {@code -javaagent:…=…}, or null
   * @see #load(String, Properties, Map)
   */
  public static Loaded load(String agentArgument) {
    Map<String, String> asStarted = Environment.asStarted();
    if (asStarted != null) {
      Loaded loaded = load(agentArgument, System.getProperties(), asStarted);
      if (loaded.problem() == null) {
        return loaded;
      }
    }
    return load(agentArgument, System.getProperties(), System.getenv());
  }

  /**
   * Reads the settings. Of several sources the first one that has a key, with a value that is not
   * empty, wins:
   *
   * <ol>
   *   <li>the agent argument: {@code refresh-ahead=5m,hosts="a,b"}; values in single or double
   *       quotes may have commas, a backslash is an ordinary character
   *   <li>the system property {@code genesys.agent.refresh-ahead}
   *   <li>the environment variable {@code GENESYS_AGENT_REFRESH_AHEAD}; after it {@code
   *       GENESYS_CLIENT_ID} and {@code GENESYS_CLIENT_SECRET}, as in the tutorials of the SDKs
   *   <li>the properties file (UTF-8) that {@code config} names in one of the sources above: {@code
   *       refresh-ahead}
   *   <li>the default
   * </ol>
   *
   * <p>Never throws for what an operator writes. An agent that is switched off gets a configuration
   * that is not {@link #enabled}, without warnings, whatever else is set.
   *
   * @param agentArgument {@code key=value,key=value}, or null
   * @param properties the system properties
   * @param environment the environment variables
   */
  public static Loaded load(
      String agentArgument, Properties properties, Map<String, String> environment) {
    Sources sources = new Sources(agentArgument, properties, environment);
    Configuration configuration = new Configuration(sources);
    if (!configuration.enabled) {
      return new Loaded(configuration, null, Collections.<String>emptyList());
    }
    List<String> warnings = Collections.unmodifiableList(sources.warnings());
    if (sources.problems().isEmpty()) {
      return new Loaded(configuration, null, warnings);
    }
    StringBuilder line = new StringBuilder();
    for (String problem : sources.problems()) {
      line.append(problem).append("; ");
    }
    line.append("the agent stays inactive and the application runs as it would without it");
    return new Loaded(null, line.toString(), warnings);
  }

  /** False: the operator wants the agent to do nothing; then no other value counts. */
  public boolean enabled() {
    return enabled;
  }

  /** The hosts that may get the token, as {@code [scheme://]host[:port]}; never empty. */
  public List<String> hosts() {
    return hosts;
  }

  /**
   * The token endpoint, or null: {@code /api/v2/oauth/token} on the origin of the first covered
   * request.
   */
  public URI tokenUrl() {
    return tokenUrl == null ? null : URI.create(tokenUrl);
  }

  public Grant grant() {
    return refreshGrant ? Grant.REFRESH_TOKEN : Grant.CLIENT_CREDENTIALS;
  }

  /** Never null for {@link Grant#CLIENT_CREDENTIALS}; null: a client that has no id. */
  public String clientId() {
    return clientId;
  }

  /** Never null for {@link Grant#CLIENT_CREDENTIALS}; null: a public client. */
  public Secret clientSecret() {
    return secret(clientSecret);
  }

  /** The file that {@link #clientSecret} was read from and may be replaced in, or null. */
  public File clientSecretFile() {
    return clientSecretFile;
  }

  public ClientAuth clientAuth() {
    return clientAuth == 0 ? ClientAuth.BASIC : ClientAuth.BODY;
  }

  /** The refresh token to start from, or null. */
  public Secret refreshToken() {
    return secret(refreshToken);
  }

  /** The file that a rotated refresh token is written to, or null. It may not exist yet. */
  public File refreshTokenFile() {
    return refreshTokenFile;
  }

  /**
   * Whether a secret may come from a file that every user of the machine can read. Where it may
   * not, the files have been checked; those that are read again have to be each time.
   */
  public boolean allowReadableSecrets() {
    return allowReadableSecrets;
  }

  /** A first access token, or null. */
  public Secret accessToken() {
    return secret(accessToken);
  }

  /** The codes in the body of a 401 that mean expired; never empty. */
  public Set<String> expiredCodes() {
    return expiredCodes;
  }

  public Inject inject() {
    return inject == 0 ? Inject.ALWAYS : inject == 1 ? Inject.BEARER_ONLY : Inject.ON_401;
  }

  /** In bytes. */
  public int replayBodyLimit() {
    return replayBodyLimit;
  }

  public long waitMillis() {
    return waitMillis;
  }

  /** Lead before expiry in milliseconds; -1: chosen from the token's life. */
  public long refreshAheadMillis() {
    return refreshAheadMillis;
  }

  /** How long a throttled call may be held up, in milliseconds; -1: not at all. */
  public long retry429Millis() {
    return retry429Millis;
  }

  /** {@code http://[user:password@]host:port}, or null: what the JVM's ProxySelector says. */
  public URI tokenProxy() {
    return tokenProxy;
  }

  /** Hosts that are reached without a proxy, {@code *} at either end; may be empty. */
  public List<String> tokenNoProxy() {
    return tokenNoProxy;
  }

  /** A key store with the certificates to trust for the token call, or null: the JVM's. */
  public File tokenTrustStore() {
    return tokenTrustStore;
  }

  /** Null: none, or the one that most trust stores have. */
  public Secret tokenTrustStorePassword() {
    return secret(tokenTrustStorePassword);
  }

  /** A key store with what the token call proves its identity by, or null: nothing. */
  public File tokenKeyStore() {
    return tokenKeyStore;
  }

  /** Of the store and of the key in it; null: none. */
  public Secret tokenKeyStorePassword() {
    return secret(tokenKeyStorePassword);
  }

  /** The file that {@link #tokenKeyStorePassword} was read from, or null. */
  public File tokenKeyStorePasswordFile() {
    return tokenKeyStorePasswordFile;
  }

  /** For one address. */
  public long connectTimeoutMillis() {
    return connectTimeoutMillis;
  }

  /** With {@link #connectTimeoutMillis} the time for a whole token call. */
  public long readTimeoutMillis() {
    return readTimeoutMillis;
  }

  /** {@code off}, {@code error}, {@code warn}, {@code info}, {@code debug} or {@code trace}. */
  public String logLevel() {
    return logLevel;
  }

  /** Whether all is woven, and told of, before the app's {@code main}. */
  public boolean runsSelfTest() {
    return logLevel.equals("debug") || logLevel.equals("trace");
  }

  /** The file that log lines are appended to, or null: standard error. */
  public File logFile() {
    return logFile;
  }

  /** Every value that no line may show, as it was set or read; some may be null. */
  public List<Secret> secrets() {
    List<Secret> secrets = new ArrayList<>();
    secrets.add(clientSecret());
    secrets.add(refreshToken());
    secrets.add(accessToken());
    secrets.add(tokenTrustStorePassword());
    secrets.add(tokenKeyStorePassword());
    if (tokenProxy != null && tokenProxy.getRawUserInfo() != null) {
      secrets.add(password(tokenProxy.getRawUserInfo()));
      secrets.add(password(tokenProxy.getUserInfo()));
    }
    return secrets;
  }

  private static Secret secret(String text) {
    return text == null ? null : new Secret(text);
  }

  private static Secret password(String userInfo) {
    return new Secret(userInfo.substring(userInfo.indexOf(':') + 1));
  }

  private static List<String> hosts(Sources sources) {
    List<String> hosts = new ArrayList<>();
    String region = sources.text(Setting.REGION);
    if (region != null) {
      String domain = Region.domain(region);
      if (domain == null) {
        sources.invalid(
            Setting.REGION,
            "unknown region, did you mean "
                + Region.nearest(region)
                + "? (for a new region, set hosts=api.<domain>)");
      } else {
        hosts.add(Region.API + domain);
      }
    }
    List<String> entries = sources.list(Setting.HOSTS);
    if (!entries.isEmpty()) {
      Addresses.add(sources, entries, hosts);
    }
    if (region == null && sources.text(Setting.HOSTS) == null) {
      sources.problem(
          "region and hosts are missing: set region (such as region=us-east-1) or hosts (such as"
              + " hosts=api.mypurecloud.com)");
    } else if (region == null && entries.isEmpty()) {
      sources.invalid(Setting.HOSTS, "expected " + Setting.HOSTS.allowed());
    }
    return hosts;
  }

  /** That of a region follows from the host that was put first for it. */
  private static String tokenUrl(Sources sources, List<String> hosts) {
    boolean ofRegion = sources.text(Setting.REGION) != null && !hosts.isEmpty();
    if (sources.text(Setting.TOKEN_URL) == null
        && ofRegion
        && hosts.get(0).startsWith(Region.API)) {
      return Region.tokenUrl(hosts.get(0));
    }
    return Addresses.tokenUrl(sources, hosts);
  }

  private static boolean isRefreshGrant(Sources sources) {
    int choice = sources.choice(Setting.GRANT);
    return choice < 0 ? hasRefreshToken(sources) : choice == 1;
  }

  private static boolean hasRefreshToken(Sources sources) {
    return sources.text(Setting.REFRESH_TOKEN) != null
        || sources.text(Setting.REFRESH_TOKEN_FILE) != null;
  }

  private static Set<String> expiredCodes(Sources sources) {
    List<String> codes = sources.list(Setting.EXPIRED_CODES);
    if (codes.isEmpty()) {
      sources.invalid(Setting.EXPIRED_CODES, "expected " + Setting.EXPIRED_CODES.allowed());
    }
    return Collections.unmodifiableSet(new LinkedHashSet<>(codes));
  }

  private static File file(Sources sources, Setting setting) {
    String path = sources.text(setting);
    return path == null ? null : new File(path);
  }

  /** It becomes a header as it is, so it must not be able to end one (CWE-113). */
  private static String accessToken(Sources sources) {
    String token = sources.text(Setting.ACCESS_TOKEN);
    if (token != null) {
      for (int i = 0; i < token.length(); i++) {
        char c = token.charAt(i);
        if (c <= ' ' || c > '~') {
          sources.invalid(Setting.ACCESS_TOKEN, "expected " + Setting.ACCESS_TOKEN.allowed());
          break;
        }
      }
    }
    return token;
  }

  /** A secret that is set itself goes before a file that holds it. */
  private static String secret(Sources sources, Setting itself, Setting file) {
    String secret = sources.text(itself);
    if (secret == null) {
      return sources.secretIn(file);
    }
    if (sources.text(file) != null) {
      sources.warn(
          sources.assignment(file)
              + " is ignored: "
              + sources.assignment(itself)
              + " is set; remove one of them");
    }
    return secret;
  }

  private static File secretFile(Sources sources, Setting itself, Setting file) {
    return sources.text(itself) == null ? file(sources, file) : null;
  }

  /** The file goes first: once the token has rotated, the one that was set is of no use. */
  private static String refreshToken(Sources sources, File file) {
    String first = sources.text(Setting.REFRESH_TOKEN);
    boolean read = file != null && (first == null || file.length() > 0);
    return read ? sources.secretIn(Setting.REFRESH_TOKEN_FILE) : first;
  }

  /** Without them nothing can be renewed, and a token that ends is what the app has already. */
  private static void requireCredentials(Sources sources, boolean refreshGrant) {
    boolean id = sources.text(Setting.CLIENT_ID) != null;
    boolean secret =
        sources.text(Setting.CLIENT_SECRET) != null
            || sources.text(Setting.CLIENT_SECRET_FILE) != null;
    if (refreshGrant && !hasRefreshToken(sources)) {
      sources.problem(
          "refresh-token is missing: set refresh-token or refresh-token-file, or"
              + " grant=client_credentials");
    }
    if (!refreshGrant && !id && !secret && sources.text(Setting.ACCESS_TOKEN) != null) {
      sources.problem(
          "access-token needs credentials, or it cannot be renewed: set client-id and"
              + " client-secret, or refresh-token");
      return;
    }
    if (!id && (secret || !refreshGrant)) {
      sources.problem("client-id is missing: set client-id or GENESYS_CLIENT_ID");
    }
    if (!secret && !refreshGrant) {
      sources.problem(
          "client-secret is missing: set client-secret, client-secret-file or"
              + " GENESYS_CLIENT_SECRET");
    }
  }
}

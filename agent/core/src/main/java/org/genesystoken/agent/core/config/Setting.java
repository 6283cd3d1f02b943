package org.genesystoken.agent.core.config;

/**
 * Every key that the operator can set, in the order of the reference. The parser, its messages, the
 * command line's help and README's table all come from this one list. Immutable.
 */
public enum Setting {
  ENABLED("enabled", "true", oneOf("true", "false"), "Whether the agent does anything at all."),
  REGION(
      "region",
      null,
      "a Genesys region such as us-east-1 or mypurecloud.ie",
      "The Genesys region, by its AWS name or its domain. One of region and hosts is required, both"
          + " may be set."),
  HOSTS(
      "hosts",
      null,
      "host, host:port or scheme://host:port entries separated by commas (http or https, port 1 to"
          + " 65535, no path, no user)",
      "The hosts that may get the token, as [scheme://]host[:port], separated by commas."),
  TOKEN_URL(
      "token-url",
      "from the host",
      "an https URL with a path (http only on loopback, or where hosts has an http:// entry of that"
          + " host)",
      "The token endpoint: https://login.<domain>/oauth/token for api.<domain>,"
          + " /api/v2/oauth/token on any other host."),
  GRANT(
      "grant",
      "from what is set",
      oneOf("client_credentials", "refresh_token"),
      "How a token is asked for: refresh_token if a refresh token is set, else client_credentials."),
  CLIENT_ID(
      "client-id",
      null,
      (String) null,
      "The id of the OAuth client. GENESYS_CLIENT_ID is honoured as well."),
  CLIENT_SECRET(
      "client-secret",
      null,
      (String) null,
      "The secret of the OAuth client. GENESYS_CLIENT_SECRET is honoured as well."),
  CLIENT_SECRET_FILE(
      "client-secret-file",
      null,
      "a readable file whose first line is the secret",
      "A file whose first line is the client secret, for when client-secret is not set. It is read"
          + " again when it changes."),
  CLIENT_AUTH(
      "client-auth",
      "basic",
      oneOf("basic", "body"),
      "How the client proves who it is: a Basic header, or id and secret in the form body."),
  REFRESH_TOKEN("refresh-token", null, (String) null, "The refresh token to start from."),
  REFRESH_TOKEN_FILE(
      "refresh-token-file",
      null,
      "a readable file whose first line is the refresh token",
      "A file whose first line is the refresh token. It is rewritten when the token rotates,"
          + " read again when somebody else changes it, and goes before refresh-token. A lock file"
          + " stays beside it."),
  ALLOW_READABLE_SECRETS(
      "allow-readable-secrets",
      "false",
      oneOf("true", "false"),
      "Whether the files that hold secrets may be readable by every user of the machine. Else one"
          + " that holds nothing else is refused; token-key-store, and config with a secret in it,"
          + " are taken with a warning."),
  ACCESS_TOKEN(
      "access-token",
      null,
      "visible ASCII characters without blanks",
      "A first access token, if there is one."),
  EXPIRED_CODES(
      "expired-codes",
      "401000, bad.credentials, authentication.required, credentials.expired, unauthorized",
      "error codes separated by commas",
      "The codes in the body of a 401 that mean that the token has expired, separated by commas."),
  INJECT(
      "inject",
      "always",
      oneOf("always", "bearer-only", "on-401"),
      "Which requests carry the token: all that go to the hosts, those where the app sends a bearer"
          + " token itself, or those whose own token has been refused once."),
  REPLAY_BODY_LIMIT(
      "replay-body-limit",
      "1 MiB",
      'B',
      0,
      256L << 20,
      "How many bytes of a streamed request body are kept for a replay (a plain number is bytes)."),
  WAIT(
      "wait",
      "3 s",
      's',
      0,
      600_000,
      "How long a request waits for a token before it goes on unchanged (a plain number is"
          + " seconds)."),
  REFRESH_AHEAD(
      "refresh-ahead",
      "auto",
      's',
      0,
      30L * 86_400_000,
      "How long before its end a token is renewed, half of its life at most (a plain number is"
          + " seconds); auto: chosen from the token's life."),
  RETRY_429(
      "retry-429",
      "off",
      's',
      0,
      600_000,
      "How long a call that the API answers 429 may be held up in all to be sent again, after what"
          + " Retry-After says or after a back-off, three times at most (a plain number is"
          + " seconds); off: the app gets the 429."),
  TOKEN_PROXY(
      "token-proxy",
      "the JVM's",
      "http://host:port or http://user:password@host:port",
      "The HTTP proxy, for the token call only. The JVM's: what its ProxySelector says. For an https"
          + " token-url alone: a plain http one is reached directly on loopback, and elsewhere through"
          + " no HTTP proxy."),
  TOKEN_NO_PROXY(
      "token-no-proxy",
      null,
      "host names or addresses, each with a * as its first or last character where it stands for"
          + " many, separated by commas or |",
      "Hosts that the token call reaches without any proxy, as http.nonProxyHosts names them."),
  TOKEN_TRUST_STORE(
      "token-trust-store",
      "the JVM's",
      "a readable key store file",
      "A key store (JKS or PKCS12) with the certificates to trust, for the token call only. The"
          + " JVM's: its default trust store."),
  TOKEN_TRUST_STORE_PASSWORD(
      "token-trust-store-password",
      "none or changeit",
      (String) null,
      "The password of token-trust-store."),
  TOKEN_KEY_STORE(
      "token-key-store",
      null,
      "a readable key store file",
      "A key store (JKS or PKCS12) with the key and certificate of this client, for a token endpoint"
          + " that wants mutual TLS."),
  TOKEN_KEY_STORE_PASSWORD(
      "token-key-store-password",
      null,
      (String) null,
      "The password of token-key-store and of the key in it."),
  TOKEN_KEY_STORE_PASSWORD_FILE(
      "token-key-store-password-file",
      null,
      "a readable file whose first line is the password",
      "A file whose first line is that password, for when token-key-store-password is not set."),
  CONNECT_TIMEOUT(
      "connect-timeout",
      "5 s",
      's',
      1,
      600_000,
      "How long connecting to one address of the token endpoint or of its proxy may take (a plain"
          + " number is seconds)."),
  READ_TIMEOUT(
      "read-timeout",
      "10 s",
      's',
      1,
      600_000,
      "How long the rest of the token call may take: connect-timeout and read-timeout together are"
          + " the time for all of it, retries with another secret included (a plain number is"
          + " seconds)."),
  LOG_LEVEL(
      "log-level",
      "info",
      oneOf("off", "error", "warn", "info", "debug", "trace"),
      "The least severe lines that are logged."),
  LOG_FILE(
      "log-file", "stderr", "a file that can be written", "A file that log lines are appended to."),
  CONFIG(
      "config",
      null,
      "a readable properties file",
      "A properties file with any of these keys but this one (a backslash is written twice in it).");

  static final String PROPERTY_PREFIX = "genesys.agent.";
  static final String ENVIRONMENT_PREFIX = "GENESYS_AGENT_";

  private static final Setting[] ALL = values();

  static final int COUNT = ALL.length;

  private static final String[] DURATION_UNITS = {"ms", "s", "m", "min", "h", "d"};
  private static final long[] DURATION_FACTORS = {1, 1_000, 60_000, 60_000, 3_600_000, 86_400_000};
  private static final String[] SIZE_UNITS = {"b", "kib", "kb", "k", "mib", "mb", "m"};
  private static final long[] SIZE_FACTORS = {1, 1024, 1024, 1024, 1 << 20, 1 << 20, 1 << 20};

  /** Enough for the largest bound, and too few for an overflow of a long. */
  private static final int MAX_DIGITS = 10;

  private final String key;
  private final String defaultText;
  private final String allowed;

  /** Never written to and never handed out: as good as immutable. */
  @SuppressWarnings("ImmutableEnumChecker")
  private final String[] choices;

  private final char unit;
  private final long min;
  private final long max;
  private final String help;

  /** A text; {@code allowed} may be null. */
  Setting(String key, String defaultText, String allowed, String help) {
    this(key, defaultText, allowed, null, ' ', 0, 0, help);
  }

  Setting(String key, String defaultText, String[] choices, String help) {
    this(key, defaultText, null, choices, ' ', 0, 0, help);
  }

  /**
   * @param unit {@code 's'}: a duration, bounds in milliseconds; {@code 'B'}: a size in bytes
   */
  Setting(String key, String defaultText, char unit, long min, long max, String help) {
    this(key, defaultText, null, null, unit, min, max, help);
  }

  Setting(
      String key,
      String defaultText,
      String allowed,
      String[] choices,
      char unit,
      long min,
      long max,
      String help) {
    this.key = key;
    this.defaultText = defaultText;
    this.allowed = allowed;
    this.choices = choices;
    this.unit = unit;
    this.min = min;
    this.max = max;
    this.help = help;
  }

  private static String[] oneOf(String... choices) {
    return choices;
  }

  /** The spelling in the agent argument and in the file. */
  public String key() {
    return key;
  }

  /** The name of the system property. */
  public String property() {
    return PROPERTY_PREFIX + key;
  }

  /** The name of the environment variable. */
  public String environment() {
    return ENVIRONMENT_PREFIX + name();
  }

  /** What holds if the key is not set, or null: nothing. */
  public String defaultText() {
    return defaultText;
  }

  /** What a number may be instead of one, or null: its default, where that is a word. */
  String word() {
    boolean word = unit != ' ' && defaultText.charAt(0) > '9';
    return word ? defaultText : null;
  }

  /** What the key does, with its unit. */
  public String help() {
    return help;
  }

  /** Whether a value must never be shown. */
  public boolean secret() {
    return this == CLIENT_SECRET
        || this == REFRESH_TOKEN
        || this == ACCESS_TOKEN
        || this == TOKEN_TRUST_STORE_PASSWORD
        || this == TOKEN_KEY_STORE_PASSWORD;
  }

  /** The values that are accepted, bounds included, as the end of "expected …"; null: any text. */
  public String allowed() {
    if (choices != null) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < choices.length; i++) {
        text.append(i == 0 ? "" : i == choices.length - 1 ? " or " : ", ").append(choices[i]);
      }
      return text.toString();
    }
    if (unit == 's') {
      return (word() == null ? "a" : word() + " or a")
          + (" duration from " + duration(min) + " to " + duration(max))
          + " such as 3s, 500ms or 2m";
    }
    if (unit == 'B') {
      return "a size from " + size(min) + " to " + size(max) + " such as 65536, 64KiB or 1MiB";
    }
    return allowed;
  }

  /** The setting of this key, or null. */
  static Setting of(String key) {
    for (Setting setting : ALL) {
      if (setting.key.equals(key)) {
        return setting;
      }
    }
    return null;
  }

  static String[] keys() {
    String[] keys = new String[ALL.length];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = ALL[i].key;
    }
    return keys;
  }

  /** The position of a choice, in any case, or -1. */
  int choice(String text) {
    for (int i = 0; i < choices.length; i++) {
      if (choices[i].equalsIgnoreCase(text)) {
        return i;
      }
    }
    return -1;
  }

  String choice(int position) {
    return choices[position];
  }

  /** A duration in milliseconds or a size in bytes; -1: neither, or out of bounds. */
  long number(String text) {
    int digits = 0;
    long number = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      if (digits == MAX_DIGITS) {
        return -1;
      }
      number = number * 10 + (text.charAt(digits) - '0');
      digits++;
    }
    if (digits == 0) {
      return -1;
    }
    String named = text.substring(digits).trim();
    long factor = named.isEmpty() ? (unit == 's' ? 1_000 : 1) : factor(named);
    long value = number * factor;
    return factor > 0 && value >= min && value <= max ? value : -1;
  }

  private long factor(String named) {
    String[] units = unit == 's' ? DURATION_UNITS : SIZE_UNITS;
    for (int i = 0; i < units.length; i++) {
      if (units[i].equalsIgnoreCase(named)) {
        return (unit == 's' ? DURATION_FACTORS : SIZE_FACTORS)[i];
      }
    }
    return -1;
  }

  private static String duration(long millis) {
    for (int i = DURATION_UNITS.length - 1; i > 0; i--) {
      if (millis >= DURATION_FACTORS[i] && millis % DURATION_FACTORS[i] == 0) {
        return millis / DURATION_FACTORS[i] + " " + DURATION_UNITS[i];
      }
    }
    return millis + " ms";
  }

  private static String size(long bytes) {
    return bytes != 0 && bytes % (1 << 20) == 0 ? (bytes >> 20) + " MiB" : bytes + " bytes";
  }
}

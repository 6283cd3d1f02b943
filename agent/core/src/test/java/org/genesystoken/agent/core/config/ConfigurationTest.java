package org.genesystoken.agent.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {
  private static final String MINIMUM = "region=us-east-1,client-id=id,client-secret=hush";
  private static final String INACTIVE =
      "; the agent stays inactive and the application runs as it would without it";

  /** The sources, from the one that wins to the one that loses. */
  enum Source {
    ARGUMENT,
    PROPERTY,
    ENVIRONMENT,
    FILE
  }

  @TempDir static Path directory;

  private final List<String> argument = new ArrayList<>();
  private final Properties properties = new Properties();
  private final Map<String, String> environment = new HashMap<>();
  private final Properties file = new Properties();

  @BeforeEach
  void files() throws IOException {
    write("secret", "from-file\n");
    write("empty", "\nsecond line");
  }

  static Stream<Arguments> everyKey() {
    return Stream.of(
        key("enabled", "FALSE", Configuration::enabled, false),
        key("region", "eu-west-1", c -> c.hosts().get(0), "api.mypurecloud.ie"),
        key("hosts", "a.example:8443", c -> c.hosts().contains("a.example:8443"), true),
        key(
            "token-url",
            "https://t.example/t",
            c -> c.tokenUrl().toString(),
            "https://t.example/t"),
        key("grant", "Client_Credentials", c -> c.grant().name(), "CLIENT_CREDENTIALS"),
        key("client-id", "me", Configuration::clientId, "me"),
        key("client-secret", "psst", c -> c.clientSecret().value(), "psst"),
        key("client-secret-file", "@secret", c -> c.clientSecret().value(), "from-file"),
        key("client-auth", "body", c -> c.clientAuth().name(), "BODY"),
        key("refresh-token", "again", c -> c.refreshToken().value(), "again"),
        key("refresh-token-file", "@secret", c -> c.refreshToken().value(), "from-file"),
        key("allow-readable-secrets", "true", Configuration::allowReadableSecrets, true),
        key("access-token", "first", c -> c.accessToken().value(), "first"),
        key("expired-codes", "gone", c -> String.join("|", c.expiredCodes()), "gone"),
        key("inject", "bearer-only", c -> c.inject().name(), "BEARER_ONLY"),
        key("inject", "on-401", c -> c.inject().name(), "ON_401"),
        key("replay-body-limit", "64KiB", Configuration::replayBodyLimit, 65536),
        key("wait", "500ms", Configuration::waitMillis, 500L),
        key("refresh-ahead", "5m", Configuration::refreshAheadMillis, 300_000L),
        key("retry-429", "30s", Configuration::retry429Millis, 30_000L),
        key("token-proxy", "http://u:p@p.example:3128", c -> c.tokenProxy().getPort(), 3128),
        key("token-no-proxy", "*.corp", c -> c.tokenNoProxy().get(0), "*.corp"),
        key("token-trust-store", "@secret", c -> c.tokenTrustStore().getName(), "secret"),
        key("token-trust-store-password", "pass", c -> c.tokenTrustStorePassword().value(), "pass"),
        key("token-key-store", "@secret", c -> c.tokenKeyStore().getName(), "secret"),
        key("token-key-store-password", "pass", c -> c.tokenKeyStorePassword().value(), "pass"),
        key(
            "token-key-store-password-file",
            "@secret",
            c -> c.tokenKeyStorePassword().value(),
            "from-file"),
        key("connect-timeout", "7", Configuration::connectTimeoutMillis, 7_000L),
        key("read-timeout", "1 min", Configuration::readTimeoutMillis, 60_000L),
        key("log-level", "DEBUG", Configuration::logLevel, "debug"),
        key("log-file", "agent.log", c -> c.logFile().getName(), "agent.log"));
  }

  static Stream<Arguments> everyKeyInEverySource() {
    return everyKey()
        .flatMap(
            key ->
                Stream.of(Source.values())
                    .map(
                        source ->
                            arguments(
                                source, key.get()[0], key.get()[1], key.get()[2], key.get()[3])));
  }

  @ParameterizedTest(name = "{0}: {1}={2}")
  @MethodSource("everyKeyInEverySource")
  void everyKeyIsReadFromEverySource(
      Source source, String key, String text, Function<Configuration, Object> getter, Object value)
      throws IOException {
    // given
    if (!key.equals("region")) {
      set(Source.FILE, "region", "us-east-1");
    }
    if (!key.equals("client-id")) {
      set(Source.FILE, "client-id", "id");
    }
    if (!key.startsWith("client-secret")) {
      set(Source.FILE, "client-secret", "hush");
    }

    // when
    set(source, key, path(text));

    // then
    Loaded loaded = load();
    assertThat(loaded.problem()).isNull();
    assertThat(loaded.warnings()).isEmpty();
    assertThat(getter.apply(loaded.configuration())).isEqualTo(value);
  }

  @Test
  void theTableOfKeysIsComplete() {
    // when
    List<String> tested = new ArrayList<>();
    everyKey().forEach(key -> tested.add((String) key.get()[0]));

    // then: config itself is how the file's rows are read
    tested.add("config");
    assertThat(tested).contains(Setting.keys());
  }

  @ParameterizedTest
  @CsvSource({
    "ARGUMENT, PROPERTY",
    "ARGUMENT, ENVIRONMENT",
    "ARGUMENT, FILE",
    "PROPERTY, ENVIRONMENT",
    "PROPERTY, FILE",
    "ENVIRONMENT, FILE",
  })
  void theHigherSourceWinsUnlessItsValueIsEmpty(Source higher, Source lower) throws IOException {
    // given
    minimum();
    set(lower, "wait", "1s");

    // when
    set(higher, "wait", "2s");

    // then
    assertThat(load().configuration().waitMillis()).isEqualTo(2_000);

    // when
    argument.remove("wait=2s");
    set(higher, "wait", " ");

    // then
    assertThat(load().configuration().waitMillis()).isEqualTo(1_000);
  }

  @Test
  void aKeyIsTheSameWordInItsFourSpellings() {
    for (Setting setting : Setting.values()) {
      assertThat(setting.name())
          .isEqualTo(setting.key().replace('-', '_').toUpperCase(Locale.ROOT));
    }
  }

  @Test
  void defaultsHoldForWhatIsNotSet() {
    // when
    Configuration configuration = of(MINIMUM).configuration();

    // then
    assertThat(configuration.enabled()).isTrue();
    assertThat(configuration.hosts()).containsExactly("api.mypurecloud.com");
    assertThat(configuration.tokenUrl())
        .isEqualTo(URI.create("https://login.mypurecloud.com/oauth/token"));
    assertThat(configuration.grant()).isEqualTo(Configuration.Grant.CLIENT_CREDENTIALS);
    assertThat(configuration.clientAuth()).isEqualTo(Configuration.ClientAuth.BASIC);
    assertThat(configuration.refreshToken()).isNull();
    assertThat(configuration.refreshTokenFile()).isNull();
    assertThat(configuration.allowReadableSecrets()).isFalse();
    assertThat(configuration.accessToken()).isNull();
    assertThat(configuration.expiredCodes())
        .containsExactly(
            "401000",
            "bad.credentials",
            "authentication.required",
            "credentials.expired",
            "unauthorized");
    assertThat(configuration.inject()).isEqualTo(Configuration.Inject.ALWAYS);
    assertThat(configuration.replayBodyLimit()).isEqualTo(1 << 20);
    assertThat(configuration.waitMillis()).isEqualTo(3_000);
    assertThat(configuration.refreshAheadMillis()).isEqualTo(-1);
    assertThat(configuration.tokenProxy()).isNull();
    assertThat(configuration.tokenNoProxy()).isEmpty();
    assertThat(configuration.tokenTrustStore()).isNull();
    assertThat(configuration.tokenTrustStorePassword()).isNull();
    assertThat(configuration.tokenKeyStore()).isNull();
    assertThat(configuration.tokenKeyStorePassword()).isNull();
    assertThat(configuration.tokenKeyStorePasswordFile()).isNull();
    assertThat(configuration.connectTimeoutMillis()).isEqualTo(5_000);
    assertThat(configuration.readTimeoutMillis()).isEqualTo(10_000);
    assertThat(configuration.logLevel()).isEqualTo("info");
    assertThat(configuration.logFile()).isNull();
  }

  @Test
  void theSdksVariablesAreReadAfterTheAgentsOwn() {
    // given
    environment.put("GENESYS_CLIENT_ID", "sdk-id");
    environment.put("GENESYS_CLIENT_SECRET", "sdk-secret");

    // when
    Configuration sdk = of("region=us-east-1").configuration();
    environment.put("GENESYS_AGENT_CLIENT_ID", "agent-id");
    environment.put("GENESYS_AGENT_CLIENT_SECRET", "agent-secret");
    Configuration own = of("region=us-east-1").configuration();

    // then
    assertThat(sdk.clientId()).isEqualTo("sdk-id");
    assertThat(sdk.clientSecret().value()).isEqualTo("sdk-secret");
    assertThat(own.clientId()).isEqualTo("agent-id");
    assertThat(own.clientSecret().value()).isEqualTo("agent-secret");
  }

  @Test
  void theJvmsOwnSourcesAreTheDefault() {
    // when: neither this JVM's properties nor its environment configure an agent
    Configuration configuration = Configuration.load(MINIMUM).configuration();

    // then
    assertThat(configuration.clientId()).isEqualTo("id");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "client-id=\"a,b\"                    | a,b",
        "client-id='a,b'                      | a,b",
        "client-id='a\"b'                     | a\"b",
        "client-id = \" a \" , wait=1s        | ` a `",
        " client-id =  a b  ,wait=1s          | a b",
        "client-id=C:\\new\\table             | C:\\new\\table",
        "client-id=\"C:\\dir\\\",wait=1s      | C:\\dir\\",
        "client-id=a=b==                      | a=b==",
        "client-id=it's                       | it's",
        ",,client-id=a,                       | a",
      })
  void theArgumentsSyntaxIsPlain(String text, String value) {
    // when
    Loaded loaded = of("region=us-east-1,client-secret=hush," + text);

    // then
    assertThat(loaded.problem()).isNull();
    assertThat(loaded.configuration().clientId()).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({
    "500ms, 500",
    "3s, 3000",
    "3 s, 3000",
    "3, 3000",
    "2m, 120000",
    "2min, 120000",
    "2 MIN, 120000",
    "0, 0",
    "600s, 600000",
  })
  void durationsHaveUnits(String text, long millis) {
    assertThat(of(MINIMUM + ",wait=" + text).configuration().waitMillis()).isEqualTo(millis);
  }

  @ParameterizedTest
  @CsvSource({"1h, 3600000", "1d, 86400000", "30 d, 2592000000", "AUTO, -1"})
  void theLeadMayBeLong(String text, long millis) {
    assertThat(of(MINIMUM + ",refresh-ahead=" + text).configuration().refreshAheadMillis())
        .isEqualTo(millis);
  }

  @ParameterizedTest
  @CsvSource({
    "1000, 1000",
    "10b, 10",
    "64KiB, 65536",
    "64 KiB, 65536",
    "64k, 65536",
    "64kb, 65536",
    "1MiB, 1048576",
    "1m, 1048576",
    "1mb, 1048576",
    "256MiB, 268435456",
    "0, 0",
  })
  void sizesHaveUnits(String text, int bytes) {
    assertThat(of(MINIMUM + ",replay-body-limit=" + text).configuration().replayBodyLimit())
        .isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "us-east-1, mypurecloud.com",
    "eu-west-1, mypurecloud.ie",
    "eu-central-1, mypurecloud.de",
    "ap-northeast-1, mypurecloud.jp",
    "ap-southeast-2, mypurecloud.com.au",
    "us-west-2, usw2.pure.cloud",
    "ca-central-1, cac1.pure.cloud",
    "ap-northeast-2, apne2.pure.cloud",
    "eu-west-2, euw2.pure.cloud",
    "ap-south-1, aps1.pure.cloud",
    "us-east-2, use2.us-gov-pure.cloud",
    "sa-east-1, sae1.pure.cloud",
    "me-central-1, mec1.pure.cloud",
    "ap-northeast-3, apne3.pure.cloud",
    "eu-central-2, euc2.pure.cloud",
    "mx-central-1, mxc1.pure.cloud",
    "ap-southeast-1, apse1.pure.cloud",
    "eusc-de-east-1, edee1.eusc-pure.cloud",
  })
  void aRegionGivesItsHostAndItsLogin(String region, String domain) {
    for (String spelling :
        new String[] {region, region.toUpperCase(Locale.ROOT), domain, "API." + domain}) {
      // when
      Configuration configuration =
          of("client-id=i,client-secret=hush,region=" + spelling).configuration();

      // then
      assertThat(configuration.hosts()).containsExactly("api." + domain);
      assertThat(configuration.tokenUrl())
          .isEqualTo(URI.create("https://login." + domain + "/oauth/token"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "api.mypurecloud.ie                | https://login.mypurecloud.ie/oauth/token",
        "https://api.mypurecloud.ie        | https://login.mypurecloud.ie/oauth/token",
        "API.new.pure.cloud                | https://login.new.pure.cloud/oauth/token",
        "gw.example,api.mypurecloud.ie     | https://login.mypurecloud.ie/oauth/token",
        "api.local                         | https://api.local/api/v2/oauth/token",
        "api.example.com:8443              | https://api.example.com:8443/api/v2/oauth/token",
        "http://api.example.com            | http://api.example.com/api/v2/oauth/token",
        "gw.example                        | https://gw.example/api/v2/oauth/token",
        "gw.example:8443                   | https://gw.example:8443/api/v2/oauth/token",
        "https://gw.example                | https://gw.example/api/v2/oauth/token",
        "http://gw.example:8080,b.example  | http://gw.example:8080/api/v2/oauth/token",
        "127.evil.example:80               | https://127.evil.example:80/api/v2/oauth/token",
        "[2001:db8::1]:8443                | https://[2001:db8::1]:8443/api/v2/oauth/token",
        "http://localhost:8080             | http://localhost:8080/api/v2/oauth/token",
        "https://127.0.0.1:8443            | https://127.0.0.1:8443/api/v2/oauth/token",
        "localhost                         | ",
        "LocalHost:8080                    | ",
        "127.0.0.1:8080                    | ",
        "127.1.2.3                         | ",
        "[::1]:8080                        | ",
      })
  void theTokenUrlFollowsFromTheHosts(String hosts, URI url) {
    // when
    Loaded loaded = of("client-id=i,client-secret=hush,hosts='" + hosts + "'");

    // then
    assertThat(loaded.problem()).isNull();
    assertThat(loaded.configuration().hosts()).containsExactly(hosts.split(","));
    assertThat(loaded.configuration().tokenUrl()).isEqualTo(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hosts=https://[1:2]:8443",
        "hosts=http://[1:2]:8080,token-proxy=http://p:1",
        "hosts=[1:2:3:4:5:6:7:8:9],token-url=https://t.example/t",
        "region=us-east-1,hosts='api.example.com,[1::2::3]'",
        "hosts=api.example.com..",
      })
  void anAddressThatIsNoneIsToldOf(String settings) {
    // when
    Loaded loaded = of("client-id=i,client-secret=hush," + settings);
    Loaded disabled = of("client-id=i,client-secret=hush,enabled=false," + settings);

    // then
    assertThat(loaded.problem())
        .startsWith("hosts=")
        .contains(" (agent argument): expected host, host:port or scheme://host:port")
        .doesNotContain("token-proxy");
    assertThat(disabled.problem()).isNull();
  }

  @Test
  void regionAndHostsAddUp() {
    // when
    Configuration configuration =
        of(MINIMUM + ",hosts='gw.example, api.mypurecloud.com'").configuration();

    // then
    assertThat(configuration.hosts()).containsExactly("api.mypurecloud.com", "gw.example");
    assertThat(configuration.tokenUrl())
        .isEqualTo(URI.create("https://login.mypurecloud.com/oauth/token"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "region=us-east-1,token-url=https://t.example:9000/x?y=z",
        "region=us-east-1,token-url=http://localhost:9000/x",
        "region=us-east-1,token-url=http://127.0.0.1/x",
        "region=us-east-1,token-url=http://[::1]:1/x",
        "hosts=http://sim.example:80,token-url=http://SIM.example:81/x",
      })
  void aTokenUrlMayBePlainOnlyNearbyOrWhereTheOperatorSaidSo(String text) {
    assertThat(of("client-id=i,client-secret=hush," + text).problem()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "'',                                                CLIENT_CREDENTIALS",
    "'refresh-token=r',                                 REFRESH_TOKEN",
    "'refresh-token-file=@secret',                      REFRESH_TOKEN",
    "'refresh-token=r,grant=client_credentials',        CLIENT_CREDENTIALS",
    "'refresh-token=r,grant=refresh_token',             REFRESH_TOKEN",
  })
  void theGrantFollowsFromWhatIsSet(String text, Configuration.Grant grant) {
    assertThat(of(MINIMUM + "," + path(text)).configuration().grant()).isEqualTo(grant);
  }

  @Test
  void aRefreshTokenNeedsNoClient() {
    // when
    Configuration configuration = of("region=us-east-1,refresh-token=r").configuration();

    // then
    assertThat(configuration.clientId()).isNull();
    assertThat(configuration.clientSecret()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"secret, from-file", "empty, start", "missing, start"})
  void theRotatedRefreshTokenGoesBeforeTheOneToStartFrom(String name, String token)
      throws IOException {
    // given
    write("empty", "");

    // when
    Configuration configuration =
        of(MINIMUM + ",refresh-token=start,refresh-token-file=" + directory.resolve(name))
            .configuration();

    // then
    assertThat(configuration.refreshToken().value()).isEqualTo(token);
    assertThat(configuration.refreshTokenFile()).isEqualTo(directory.resolve(name).toFile());
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3cret", "s3cret\n", "s3cret\r\nmore", " s3cret ", "\uFEFFs3cret\n"})
  void aSecretIsTheFirstLineOfItsFile(String content) throws IOException {
    // given
    write("content", content);

    // when
    Loaded loaded =
        of("region=us-east-1,client-id=i,client-secret-file=" + directory.resolve("content"));

    // then
    assertThat(loaded.configuration().clientSecret().value()).isEqualTo("s3cret");
  }

  @ParameterizedTest
  @CsvSource({
    "client-secret-file, client-secret=",
    "refresh-token-file, client-secret=hush",
    "token-key-store-password-file, client-secret=hush",
  })
  @DisabledOnOs(OS.WINDOWS)
  void aSecretThatEverybodyCanReadIsRefusedUnlessToldSo(String key, String other)
      throws IOException {
    // given, as a link too, whose own rights mean nothing
    write("open", "s3cret");
    Path link = directory.resolve(key + "-link");
    Files.createSymbolicLink(link, directory.resolve("open"));
    String text = "region=us-east-1,client-id=i," + other + "," + key + "=" + link;

    for (String rights : new String[] {"rw----r--", "r--r--r--", "rwxrwxrwx"}) {
      // when
      rights(directory.resolve("open"), rights);

      // then
      assertThat(of(text).problem())
          .isEqualTo(
              key
                  + "="
                  + link
                  + " (agent argument): every user of this machine can read it: take that right"
                  + " away (chmod o-r) or set allow-readable-secrets=true"
                  + INACTIVE);
      assertThat(of(text + ",allow-readable-secrets=true").problem()).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"r--------", "rw-r-----", "rw-rw--w-"})
  @DisabledOnOs(OS.WINDOWS)
  void aSecretThatAGroupCanReadIsTaken(String rights) throws IOException {
    // given, as a service's group, an ACL or Kubernetes' fsGroup has it
    write("group", "s3cret");
    rights(directory.resolve("group"), rights);

    // then
    assertThat(
            of("region=us-east-1,client-id=i,client-secret-file=" + directory.resolve("group"))
                .problem())
        .isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "client-secret=s3cret, client-secret",
    "refresh-token=s3cret, refresh-token",
    "access-token=s3cret, access-token",
    "token-key-store-password=s3cret, token-key-store-password",
    "token-proxy=http://u:s3cret@p:1, token-proxy",
  })
  @DisabledOnOs(OS.WINDOWS)
  void aFileWithASecretThatEverybodyCanReadIsTakenWithAWarning(String line, String key)
      throws IOException {
    // given
    write("open.properties", "region=us-east-1\nclient-id=i\n" + line);
    rights(directory.resolve("open.properties"), "rw-r--r--");
    String text = path("client-secret=hush,config=@open.properties");

    // then, even where another source has the key, too
    assertThat(of(text).problem()).isNull();
    assertThat(of(text).warnings())
        .containsExactly(
            path("config=@open.properties")
                + " (agent argument): it holds "
                + key
                + ", and every user of this machine can read it: take that right away (chmod o-r)"
                + " or set allow-readable-secrets=true");
    assertThat(of(text + ",allow-readable-secrets=true").warnings()).isEmpty();

    // when
    write("open.properties", "region=us-east-1\nclient-id=i\nallow-readable-secrets=true\n" + line);
    rights(directory.resolve("open.properties"), "rw-r--r--");

    // then
    assertThat(of(text).warnings()).isEmpty();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aKeyStoreThatEverybodyCanReadIsTakenWithAWarning() throws IOException {
    // given, as the tool that makes it leaves it
    write("open.p12", "a store");
    rights(directory.resolve("open.p12"), "rw-r--r--");
    String text = path("token-key-store=@open.p12");

    // when
    Loaded loaded = of(MINIMUM + "," + text);

    // then
    assertThat(loaded.configuration().tokenKeyStore())
        .isEqualTo(directory.resolve("open.p12").toFile());
    assertThat(loaded.warnings())
        .containsExactly(
            text
                + " (agent argument): every user of this machine can read it: take that right"
                + " away (chmod o-r) or set allow-readable-secrets=true");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "client-secret-file=@secret",
        "client-secret-file=@secret\nclient-secret=",
        "client-secret-file=@secret\ntoken-proxy=http://p:1",
        "client-secret-file=@secret\nsecret=unknown",
        "client-secret-file=@secret\ntoken-trust-store-password=changeit",
      })
  @DisabledOnOs(OS.WINDOWS)
  void aFileWithoutASecretMayBeReadByEverybody(String lines) throws IOException {
    // given
    write("open.properties", "region=us-east-1\nclient-id=i\n" + path(lines));
    rights(directory.resolve("open.properties"), "rw-r--r--");

    // then
    assertThat(of(path("config=@open.properties")).warnings())
        .noneMatch(warning -> warning.contains("every user"));
  }

  @Test
  void onlyASecretThatCameFromAFileIsReadFromThereAgain() {
    // when
    Configuration fromFile =
        of("region=us-east-1,client-id=i," + path("client-secret-file=@secret")).configuration();
    Configuration set = of(MINIMUM + "," + path("client-secret-file=@secret")).configuration();

    // then
    assertThat(fromFile.clientSecretFile()).isEqualTo(directory.resolve("secret").toFile());
    assertThat(set.clientSecretFile()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a.example|*.corp|10.*", "a.example, *.corp, 10.*", "a.example|*.corp,10.*"})
  void theHostsWithoutAProxyAreSeparatedByBarsOrCommas(String text) {
    assertThat(of(MINIMUM + ",token-no-proxy='" + text + "'").configuration().tokenNoProxy())
        .containsExactly("a.example", "*.corp", "10.*");
  }

  @ParameterizedTest
  @CsvSource({
    "'hosts=http://gw.example:8080', http://gw.example:8080/api/v2/oauth/token, gw.example",
    "'hosts=http://my_gw:8080', http://my_gw:8080/api/v2/oauth/token, my_gw",
    "'hosts=http://sim.example,token-url=http://SIM.example/t', http://SIM.example/t, sim.example",
  })
  void aProxyMayNotSeeThePlainSecret(String hosts, String url, String host) {
    // given
    String text = "client-id=i,client-secret=hush,token-proxy=http://u:p@p:1," + hosts;

    // then
    assertThat(of(text).problem())
        .isEqualTo(
            "token-proxy=***@p:1 (agent argument): it would see the secret, because "
                + url
                + " is plain http: set token-url to an https one, or token-no-proxy="
                + host
                + INACTIVE);
    assertThat(of(text + ",token-no-proxy=" + host).problem()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "region=us-east-1",
        "hosts=localhost:8080",
        "hosts=http://127.0.0.1:8080",
        "region=us-east-1,token-url=http://[::1]:8080/t",
        "hosts=http://gw.example,token-url=https://login.example/t",
      })
  void aProxyThatSeesNoSecretIsTaken(String text) {
    assertThat(of("client-id=i,client-secret=hush,token-proxy=http://p:1," + text).problem())
        .isNull();
  }

  @Test
  void aFileMayStartWithAByteOrderMark() throws IOException {
    // given
    write("marked.properties", "\uFEFFregion=us-east-1\nclient-id=i\nclient-secret=hush\n");

    // then
    assertThat(of(path("config=@marked.properties")).problem()).isNull();
  }

  @ParameterizedTest
  @EnumSource(Source.class)
  void aDisabledAgentComplainsOfNothing(Source source) throws IOException {
    // given
    argument.add("hosts=://,wait=x,oops=1,nonsense");
    set(source, "enabled", "false");

    // when
    Loaded loaded = load();

    // then
    assertThat(loaded.configuration().enabled()).isFalse();
    assertThat(loaded.problem()).isNull();
    assertThat(loaded.warnings()).isEmpty();
  }

  @Test
  void aDisabledAgentDoesNotLookForItsFile() {
    assertThat(of("enabled=false,config=/no/such/file").configuration().enabled()).isFalse();
  }

  static Stream<Arguments> problems() {
    String hosts =
        ": expected host, host:port or scheme://host:port entries separated by commas (http or"
            + " https, port 1 to 65535, no path, no user): correct it or remove it";
    String url =
        ": expected an https URL with a path (http only on loopback, or where hosts has an http:// entry of"
            + " that host): correct it or remove it (default: from the host)";
    String proxy =
        ": expected http://host:port or http://user:password@host:port: correct it or remove it"
            + " (default: the JVM's)";
    String noProxy =
        ": expected host names or addresses, each with a * as its first or last character where it"
            + " stands for many, separated by commas or |: correct it or remove it";
    String wait =
        ": expected a duration from 0 ms to 10 min such as 3s, 500ms or 2m: correct it or remove it"
            + " (default: 3 s)";
    String limit =
        ": expected a size from 0 bytes to 256 MiB such as 65536, 64KiB or 1MiB: correct it or"
            + " remove it (default: 1 MiB)";
    String quotes = ": write key=\"value\" or key='value'";
    return Stream.of(
        arguments("wait=abc", "wait=abc (agent argument)" + wait),
        arguments("wait=3 weeks", "wait=3 weeks (agent argument)" + wait),
        arguments("wait=-1", "wait=-1 (agent argument)" + wait),
        arguments("wait=1.5s", "wait=1.5s (agent argument)" + wait),
        arguments("wait=11m", "wait=11m (agent argument)" + wait),
        arguments("wait=99999999999", "wait=99999999999 (agent argument)" + wait),
        arguments("wait=99999999999999999999", "wait=99999999999999999999 (agent argument)" + wait),
        arguments("wait=a\nb", "wait=a?b (agent argument)" + wait),
        arguments(
            "connect-timeout=0",
            "connect-timeout=0 (agent argument): expected a duration from 1 ms to 10 min such as"
                + " 3s, 500ms or 2m: correct it or remove it (default: 5 s)"),
        arguments(
            "read-timeout=1d",
            "read-timeout=1d (agent argument): expected a duration from 1 ms to 10 min such as 3s,"
                + " 500ms or 2m: correct it or remove it (default: 10 s)"),
        arguments(
            "refresh-ahead=soon",
            "refresh-ahead=soon (agent argument): expected auto or a duration from 0 ms to 30 d"
                + " such as 3s, 500ms or 2m: correct it or remove it (default: auto)"),
        arguments("replay-body-limit=1GiB", "replay-body-limit=1GiB (agent argument)" + limit),
        arguments("replay-body-limit=257m", "replay-body-limit=257m (agent argument)" + limit),
        arguments(
            "enabled=yes",
            "enabled=yes (agent argument): expected true or false: correct it or remove it"
                + " (default: true)"),
        arguments(
            "grant=password",
            "grant=password (agent argument): expected client_credentials or refresh_token: correct"
                + " it or remove it (default: from what is set)"),
        arguments(
            "inject=never",
            "inject=never (agent argument): expected always, bearer-only or on-401: correct it or"
                + " remove it (default: always)"),
        arguments(
            "client-auth=jwt",
            "client-auth=jwt (agent argument): expected basic or body: correct it or remove it"
                + " (default: basic)"),
        arguments(
            "log-level=verbose",
            "log-level=verbose (agent argument): expected off, error, warn, info, debug or trace:"
                + " correct it or remove it (default: info)"),
        arguments(
            "expired-codes=' , '",
            "expired-codes= ,  (agent argument): expected error codes separated by commas: correct"
                + " it or remove it (default: 401000, bad.credentials, authentication.required,"
                + " credentials.expired, unauthorized)"),
        arguments(
            "region=us-esat-1",
            "region=us-esat-1 (agent argument): unknown region, did you mean us-east-1? (for a new"
                + " region, set hosts=api.<domain>): correct it or remove it"),
        arguments(
            "region=mypurecloud.uk",
            "region=mypurecloud.uk (agent argument): unknown region, did you mean mypurecloud.ie?"
                + " (for a new region, set hosts=api.<domain>): correct it or remove it"),
        arguments("hosts=ftp://a.example", "hosts=ftp://a.example (agent argument)" + hosts),
        arguments("hosts=a.example/path", "hosts=a.example/path (agent argument)" + hosts),
        arguments("hosts=a.example:0", "hosts=a.example:0 (agent argument)" + hosts),
        arguments("hosts=a.example:65536", "hosts=a.example:65536 (agent argument)" + hosts),
        arguments("hosts=a.example:", "hosts=a.example: (agent argument)" + hosts),
        arguments("hosts=a.example:x", "hosts=a.example:x (agent argument)" + hosts),
        arguments("hosts=a b", "hosts=a b (agent argument)" + hosts),
        arguments("hosts=*.pure.cloud", "hosts=*.pure.cloud (agent argument)" + hosts),
        arguments("hosts=[::1", "hosts=[::1 (agent argument)" + hosts),
        arguments("hosts=[::::]", "hosts=[::::] (agent argument)" + hosts),
        arguments("hosts=[::1]80", "hosts=[::1]80 (agent argument)" + hosts),
        arguments("hosts=://", "hosts=:// (agent argument)" + hosts),
        arguments("hosts=u:p@a.example", "hosts=***@a.example (agent argument)" + hosts),
        arguments("hosts='ok.example,?'", "hosts=ok.example,? (agent argument)" + hosts),
        arguments("token-url=nonsense", "token-url=nonsense (agent argument)" + url),
        arguments("token-url=https://", "token-url=https:// (agent argument)" + url),
        arguments(
            "token-url=https://t.example", "token-url=https://t.example (agent argument)" + url),
        arguments(
            "token-url=https://t.example/", "token-url=https://t.example/ (agent argument)" + url),
        arguments(
            "access-token=two words",
            "access-token=*** (agent argument): expected visible ASCII characters without blanks:"
                + " correct it or remove it"),
        arguments("token-url=https://a b/", "token-url=https://a b/ (agent argument)" + url),
        arguments(
            "token-url=http://t.example/t", "token-url=http://t.example/t (agent argument)" + url),
        arguments(
            "token-url=https://u:p@t.example/t",
            "token-url=***@t.example/t (agent argument)" + url),
        arguments(
            "token-url=https://t.example/t#x",
            "token-url=https://t.example/t#x (agent argument)" + url),
        arguments(
            "token-url=https://t.example:77777/t",
            "token-url=https://t.example:77777/t (agent argument)" + url),
        arguments(
            "token-url=https://t.example:0/t",
            "token-url=https://t.example:0/t (agent argument)" + url),
        arguments(
            "token-url=https://t.example:/t",
            "token-url=https://t.example:/t (agent argument)" + url),
        arguments(
            "token-url=https://[fe80::1%25eth0]/t",
            "token-url=https://[fe80::1%25eth0]/t (agent argument)" + url),
        arguments(
            "token-url=https://t.example", "token-url=https://t.example (agent argument)" + url),
        arguments("token-proxy=p.example", "token-proxy=p.example (agent argument)" + proxy),
        arguments("token-proxy=socks://p:1", "token-proxy=socks://p:1 (agent argument)" + proxy),
        arguments("token-proxy=http://u:p w@p:1", "token-proxy=***@p:1 (agent argument)" + proxy),
        arguments("token-proxy=p:70000", "token-proxy=p:70000 (agent argument)" + proxy),
        arguments("token-no-proxy=a*b", "token-no-proxy=a*b (agent argument)" + noProxy),
        arguments("token-no-proxy=http://a", "token-no-proxy=http://a (agent argument)" + noProxy),
        arguments(
            "allow-readable-secrets=yes",
            "allow-readable-secrets=yes (agent argument): expected true or false: correct it or"
                + " remove it (default: false)"),
        arguments(
            "token-key-store=/no/such/file",
            "token-key-store=/no/such/file (agent argument): expected a readable key store file, but"
                + " there is no such file: correct it or remove it"),
        arguments(
            "token-trust-store=/no/such/file",
            "token-trust-store=/no/such/file (agent argument): expected a readable key store file,"
                + " but there is no such file: correct it or remove it (default: the JVM's)"),
        arguments(
            "config=/no/such/file",
            "config=/no/such/file (agent argument): expected a readable properties file, but there"
                + " is no such file: correct it or remove it"),
        arguments(
            "client-secret=,client-secret-file=/no/such/file",
            "client-secret-file=/no/such/file (agent argument): expected a readable file whose first"
                + " line is the secret, but there is no such file: correct it or remove it"),
        arguments(
            "client-secret=,client-secret-file=@",
            "client-secret-file=@ (agent argument): expected a readable file whose first line is the"
                + " secret, but it is a directory: correct it or remove it"),
        arguments(
            "refresh-token-file=@empty",
            "refresh-token-file=@empty (agent argument): expected a readable file whose first line"
                + " is the refresh token, but its first line is empty: correct it or remove it"),
        arguments(
            "region=",
            "region and hosts are missing: set region (such as region=us-east-1) or hosts (such as"
                + " hosts=api.mypurecloud.com)"),
        arguments("region=,hosts=' , '", "hosts= ,  (agent argument)" + hosts),
        arguments("client-id=", "client-id is missing: set client-id or GENESYS_CLIENT_ID"),
        arguments(
            "client-secret=",
            "client-secret is missing: set client-secret, client-secret-file or"
                + " GENESYS_CLIENT_SECRET"),
        arguments(
            "client-id=,refresh-token=r",
            "client-id is missing: set client-id or GENESYS_CLIENT_ID"),
        arguments(
            "client-id=,client-secret=,access-token=a",
            "access-token needs credentials, or it cannot be renewed: set client-id and"
                + " client-secret, or refresh-token"),
        arguments(
            "grant=refresh_token",
            "refresh-token is missing: set refresh-token or refresh-token-file, or"
                + " grant=client_credentials"),
        arguments(
            "hosts=a.example,b.example",
            "agent argument: entry 5 has no '=': write key=value, and if it belongs to hosts, quote"
                + " that value and keep the shell from removing the quotes: \"-javaagent:...=hosts='...'\""),
        arguments(
            "hosts='a.example',b.example",
            "agent argument: entry 5 has no '=': write key=value,key=value"),
        arguments(
            "=x",
            "agent argument: entry 4 has no key: write key=value, and if it belongs to"
                + " client-secret, quote that value and keep the shell from removing the quotes:"
                + " \"-javaagent:...=client-secret='...'\""),
        arguments(
            "wait=\"3s",
            "agent argument: entry 4 has an opening quote without a closing one" + quotes),
        arguments(
            "wait=\"3\"s", "agent argument: entry 4 goes on after its closing quote" + quotes),
        arguments(
            "wait=a,inject=b",
            "inject=b (agent argument): expected always, bearer-only or on-401: correct it or remove"
                + " it (default: always); wait=a (agent argument)"
                + wait),
        arguments("wait=x,wait=y", "wait=y (agent argument)" + wait));
  }

  @ParameterizedTest
  @MethodSource("problems")
  void aProblemIsOneLineWithKeyValueOriginAndRemedy(String text, String line) {
    // when
    Loaded loaded = of(MINIMUM + "," + path(text));

    // then
    assertThat(loaded.configuration()).isNull();
    assertThat(loaded.problem()).isEqualTo(path(line) + INACTIVE);
  }

  @ParameterizedTest
  @CsvSource({
    "ARGUMENT, agent argument",
    "PROPERTY, system property genesys.agent.wait",
    "ENVIRONMENT, environment variable GENESYS_AGENT_WAIT",
    "FILE, file @agent.properties",
  })
  void aProblemNamesItsOrigin(Source source, String origin) throws IOException {
    // given
    minimum();

    // when
    set(source, "wait", "x");

    // then
    assertThat(load().problem()).startsWith("wait=x (" + path(origin) + "): expected a duration");
  }

  @Test
  void aLongValueIsCutShort() {
    // given
    String value = String.join("", Collections.nCopies(1_000, "x"));

    // then
    assertThat(of(MINIMUM + ",wait=" + value).problem())
        .startsWith("wait=" + value.substring(0, 80) + "... (agent argument): expected");
  }

  @ParameterizedTest
  @CsvSource({
    "ARGUMENT, agent argument: unknown key wiat is ignored; did you mean wait?",
    "PROPERTY, system properties: unknown key genesys.agent.wiat is ignored; did you mean"
        + " genesys.agent.wait?",
    "ENVIRONMENT, environment: unknown key GENESYS_AGENT_WIAT is ignored; did you mean"
        + " GENESYS_AGENT_WAIT?",
    "FILE, file @agent.properties: unknown key wiat is ignored; did you mean wait?",
  })
  void anUnknownKeyIsAWarningThatNamesTheNearestOne(Source source, String warning)
      throws IOException {
    // given
    minimum();

    // when
    set(source, "wiat", "hidden");

    // then
    Loaded loaded = load();
    assertThat(loaded.problem()).isNull();
    assertThat(loaded.warnings()).containsExactly(path(warning));
  }

  @ParameterizedTest
  @CsvSource({
    "clientid, client-id",
    "client-secrt, client-secret",
    "Region, region",
    "host, hosts",
    "tokenurl, token-url",
    "loglevel, log-level",
    "genesys.agent.wait, wait",
  })
  void theNearestKeyIsTheOneThatWasMeant(String key, String meant) {
    assertThat(of("region=us-east-1,client-id=id," + key + "=x,client-secret=hush").warnings())
        .containsExactly(
            "agent argument: unknown key " + key + " is ignored; did you mean " + meant + "?");
  }

  @Test
  void otherWarnings() throws IOException {
    // given
    set(Source.FILE, "config", "other.properties");

    // when
    argument.add(MINIMUM + ",wait=1s,wait=2s,client-secret-file=f");

    // then
    Loaded loaded = load();
    assertThat(loaded.configuration().waitMillis()).isEqualTo(2_000);
    assertThat(loaded.warnings())
        .containsExactlyInAnyOrder(
            "wait is set more than once in the agent argument: the last one counts",
            path("file @agent.properties: config is ignored, a file cannot name another one"),
            "client-secret-file=f (agent argument) is ignored: client-secret=*** (agent argument) is"
                + " set; remove one of them");
  }

  @Test
  void aFileThatCannotBeParsedIsAProblem() throws IOException {
    // given
    Path path = directory.resolve("bad.properties");
    Files.write(path, bytes("client-secret-file=C:\\users\\me"));

    // then
    assertThat(of(MINIMUM + ",config=" + path).problem())
        .isEqualTo(
            "config="
                + path
                + " (agent argument): expected a readable properties file, but it cannot be parsed"
                + " (a backslash is written twice in it): correct it or remove it"
                + INACTIVE);
  }

  private static Arguments key(
      String key, String text, Function<Configuration, Object> getter, Object value) {
    return arguments(key, text, getter, value);
  }

  /** A file of this test is written as {@code @name}. */
  private static String path(String text) {
    int at = text.indexOf('@');
    boolean ours =
        at == 0 || (at > 0 && text.charAt(at - 1) == '=') || (at > 0 && text.charAt(at - 1) == ' ');
    return ours ? text.substring(0, at) + directory + "/" + text.substring(at + 1) : text;
  }

  private void minimum() {
    set(Source.FILE, "region", "us-east-1");
    set(Source.FILE, "client-id", "id");
    set(Source.FILE, "client-secret", "hush");
  }

  private void set(Source source, String key, String value) {
    switch (source) {
      case ARGUMENT:
        argument.add(key + "=" + value);
        break;
      case PROPERTY:
        properties.setProperty("genesys.agent." + key, value);
        break;
      case ENVIRONMENT:
        String name = key.toUpperCase(Locale.ROOT).replace('-', '_');
        environment.put("GENESYS_AGENT_" + name, value);
        break;
      case FILE:
        file.setProperty(key, value);
        break;
    }
  }

  private Loaded load() throws IOException {
    Path path = directory.resolve("agent.properties");
    try (OutputStream out = Files.newOutputStream(path)) {
      file.store(out, null);
    }
    rights(path, "rw-------");
    environment.put("GENESYS_AGENT_CONFIG", path.toString());
    return of(String.join(",", argument));
  }

  private Loaded of(String text) {
    return Configuration.load(text, properties, environment);
  }

  /** A file that its owner alone can read, as one that holds a secret should be. */
  private static void write(String name, String content) throws IOException {
    Path path = directory.resolve(name);
    Files.write(path, bytes(content));
    rights(path, "rw-------");
  }

  private static void rights(Path path, String rights) throws IOException {
    if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(rights));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aMisspeltKeyAfterASecretIsNamedIfItCanBeNothingElse() {
    // when
    Loaded loaded = of("region=us-east-1,client-id=id,client-secret=hush,refesh-ahead=5m,eye=1");

    // then
    assertThat(loaded.configuration()).isNotNull();
    assertThat(loaded.warnings()).hasSize(2);
    assertThat(loaded.warnings().get(0)).contains("refesh-ahead", "did you mean refresh-ahead");
    assertThat(loaded.warnings().get(1)).doesNotContain("eye");
  }
}

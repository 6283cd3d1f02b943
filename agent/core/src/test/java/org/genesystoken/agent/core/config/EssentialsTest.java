package org.genesystoken.agent.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be taken as it stands is never what {@link Configuration#load} has a word about. */
class EssentialsTest {
  private static final String CREDENTIALS = "client-id=id,client-secret=hush";
  private static final String ALL = "region=us-east-1," + CREDENTIALS;

  private final Properties properties = new Properties();
  private final Map<String, String> environment = new HashMap<>();

  @ParameterizedTest
  @ValueSource(
      strings = {
        ALL,
        "client-secret=a=b/c+d==,region=api.mypurecloud.ie,client-id=4-2",
        "client-id=id,client-secret=h\u00fcsh,region=US-EAST-1"
      })
  void aRegionAndCredentialsInTheArgumentAreAllThatIsNeeded(String argument) {
    assertThat(configuration(argument).hosts()).singleElement().asString().startsWith("api.");
  }

  @ParameterizedTest
  @CsvSource({
    "GENESYS_CLIENT_ID,GENESYS_CLIENT_SECRET",
    "GENESYS_AGENT_CLIENT_ID," + "GENESYS_AGENT_CLIENT_SECRET"
  })
  void soAreThoseInTheEnvironment(String id, String secret) {
    // given
    environment.put(id, "id");
    environment.put(secret, "hush");
    environment.put("GITHUB_RUN", "no matter, \"this\"");

    // when
    Configuration byArgument = configuration("region=eu-west-1");
    environment.put("GENESYS_AGENT_REGION", "eu-west-1");
    Configuration byEnvironment = configuration(null);

    // then
    for (Configuration configuration : Arrays.asList(byArgument, byEnvironment)) {
      assertThat(configuration.hosts()).containsExactly("api.mypurecloud.ie");
      assertThat(configuration.clientId()).isEqualTo("id");
      assertThat(configuration.clientSecret().value()).isEqualTo("hush");
    }
  }

  @Test
  void whatTheAppDoesToItsPropertiesLaterDoesNotCount() {
    // given
    Essentials essentials = Essentials.of(ALL, properties, environment);

    // when
    System.setProperty("genesys.agent.client-id", "later");
    try {
      // then
      assertThat(essentials.configuration().clientId()).isEqualTo("id");
    } finally {
      System.clearProperty("genesys.agent.client-id");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "region=us-east-1",
        CREDENTIALS,
        ALL + ",",
        ALL + ",wait=5s",
        ALL + ",enabled=false",
        ALL + ",regoin=us-east-1",
        ALL + ",region=us-east-1",
        ALL + ",client-id=other",
        ALL + ",region",
        ALL + ",=",
        "region=us-east-9," + CREDENTIALS,
        "region=," + CREDENTIALS,
        "region= us-east-1," + CREDENTIALS,
        "Region=us-east-1," + CREDENTIALS,
        " region=us-east-1," + CREDENTIALS,
        "region=us-east-1,client-id=,client-secret=hush",
        "region=us-east-1,client-id=id,client-secret=\"hu,sh\"",
        "region=us-east-1,client-id=id,client-secret='hush'",
        "region=us-east-1,client-id=id,client-secret=hu sh",
      })
  void anyOtherArgumentIsLookedAtAsAWhole(String argument) {
    assertThat(Essentials.of(argument, properties, environment)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "GENESYS_AGENT_WAIT, 5s",
    "GENESYS_AGENT_WIAT, 5s",
    "GENESYS_AGENT_CONFIG, x.properties",
    "GENESYS_AGENT_, x",
    "GENESYS_AGENT_region, us-east-1",
    "GENESYS_AGENT_REGION, nowhere",
    "GENESYS_CLIENT_ID, ' id'",
    "GENESYS_CLIENT_SECRET, ''",
  })
  void soIsAnyOtherEnvironment(String name, String value) {
    environment.put(name, value);

    assertThat(Essentials.of(ALL, properties, environment)).isNull();
  }

  @Test
  void soIsOneThatIsNotKnown() {
    assertThat(Essentials.of(ALL, properties, null)).isNull();
  }

  @Test
  void soIsAnySystemPropertyOfOursADefaultToo() {
    // given
    Properties defaults = new Properties();
    defaults.setProperty("genesys.agent.anything", "");

    // when, then
    assertThat(Essentials.of(ALL, defaults, environment)).isNull();
    assertThat(Essentials.of(ALL, new Properties(defaults), environment)).isNull();
  }

  /** Every argument of up to three pieces is either not essential, or good. */
  @Test
  void nothingThatIsWrongIsTakenAsItStands() {
    // given
    List<String> pieces =
        Arrays.asList(
            "region=us-east-1",
            "region=moon",
            "client-id=id",
            "client-secret=hush",
            "client-id",
            "client-secret=\"",
            "=",
            "",
            " ",
            "wait=soon",
            "Client-Id=id",
            "client-id=\u00a0",
            "region=API.MYPURECLOUD.COM");
    List<String> arguments = new ArrayList<>();
    for (String first : pieces) {
      for (String second : pieces) {
        for (String third : pieces) {
          arguments.add(first + "," + second + "," + third);
        }
      }
    }
    int essential = 0;

    // when, then
    for (String argument : arguments) {
      if (Essentials.of(argument, properties, environment) != null) {
        essential++;
        assertThat(configuration(argument)).as(argument).isNotNull();
      }
    }
    assertThat(essential).isGreaterThan(5);
  }

  /** By the essentials alone; the whole look at it has nothing to say of it. */
  private Configuration configuration(String argument) {
    Loaded loaded = Configuration.load(argument, properties, environment);
    assertThat(loaded.problem()).isNull();
    assertThat(loaded.warnings()).isEqualTo(Collections.emptyList());
    return Essentials.of(argument, properties, environment).configuration();
  }
}

package org.genesystoken.agent.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is wrong around a secret, no line for the operator shows any longer part of it. */
class MaskingTest {
  private static final int SHOWN_BY_CHANCE = 4;

  /**
   * Letters that hardly stand together in a message, and all that means something to the parser.
   */
  @Provide
  Arbitrary<String> secrets() {
    return Arbitraries.strings().withChars("qxzQXZ7,=\"'\\@: ").ofMinLength(8).ofMaxLength(40);
  }

  @Provide
  Arbitrary<String> keys() {
    return Arbitraries.of(
        "client-secret", "refresh-token", "access-token", "client-secrt", "refreshtoken", "secret");
  }

  @Provide
  Arbitrary<String> rests() {
    return Arbitraries.of(
        "", ",wait=x", ",region=moon", ",hosts=", ",client-id=", ",nonsense", ",wiat=1", ",=");
  }

  @Property(tries = 2_000)
  void inTheArgument(
      @ForAll("keys") String key, @ForAll("secrets") String secret, @ForAll("rests") String rest) {
    // when
    Loaded loaded = load("client-id=i," + key + "=" + secret + rest, new Properties(), none());

    // then
    assertNoPartOf(secret, loaded);
  }

  @Property(tries = 1_000)
  void inThePropertiesAndTheEnvironment(
      @ForAll("keys") String key, @ForAll("secrets") String secret, @ForAll("rests") String rest) {
    // given
    Properties properties = new Properties();
    properties.setProperty("genesys.agent." + key, secret);
    Map<String, String> environment = new HashMap<>();
    environment.put("GENESYS_AGENT_CLIENT_SECRET", secret);
    environment.put("GENESYS_AGENT_CLIENT_SECRT", secret);
    environment.put("GENESYS_CLIENT_SECRET", secret);

    // when
    Loaded loaded = load("client-id=i" + rest, properties, environment);

    // then
    assertNoPartOf(secret, loaded);
  }

  @Property(tries = 1_000)
  void inTheProxysPassword(@ForAll("secrets") String secret, @ForAll("rests") String rest) {
    // given
    Properties properties = new Properties();
    String quiet = secret.replace("@", "");
    properties.setProperty("genesys.agent.token-proxy", "http://user:" + quiet + "@p");
    properties.setProperty("genesys.agent.token-url", "https://user:" + quiet + "@t.example/");
    properties.setProperty("genesys.agent.hosts", "user:" + quiet + "@a.example");

    // when
    Loaded loaded = load("client-id=i" + rest, properties, none());

    // then
    assertNoPartOf(quiet, loaded);
  }

  private static Loaded load(
      String argument, Properties properties, Map<String, String> environment) {
    return Configuration.load(argument, properties, environment);
  }

  private static Map<String, String> none() {
    return Collections.emptyMap();
  }

  private static void assertNoPartOf(String secret, Loaded loaded) {
    List<String> lines = new ArrayList<>(loaded.warnings());
    if (loaded.problem() != null) {
      lines.add(loaded.problem());
    }
    for (int i = 0; i + SHOWN_BY_CHANCE <= secret.length(); i++) {
      String part = secret.substring(i, i + SHOWN_BY_CHANCE);
      boolean letters = part.chars().allMatch(c -> "qxzQXZ7".indexOf(c) >= 0);
      assertThat(lines).allSatisfy(line -> assertThat(letters && line.contains(part)).isFalse());
    }
  }
}

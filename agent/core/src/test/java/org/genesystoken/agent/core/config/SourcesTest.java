package org.genesystoken.agent.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** The system properties. */
class SourcesTest {
  @Test
  void defaultsOfTheSystemPropertiesCountAndWhatIsNoTextDoesNot() {
    // given
    Properties defaults = new Properties();
    defaults.setProperty("genesys.agent.region", "us-east-1");
    Properties properties = new Properties(defaults);
    properties.put("genesys.agent.wait", 3);
    properties.put(4, "genesys.agent.hosts");

    // when
    Sources sources = new Sources(null, properties, Collections.emptyMap());

    // then
    assertThat(sources.text(Setting.REGION)).isEqualTo("us-east-1");
    assertThat(sources.text(Setting.WAIT)).isNull();
    assertThat(sources.problems()).isEmpty();
    assertThat(sources.warnings()).isEmpty();
  }
}

package org.genesystoken.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RealPlatformTest {
  @Test
  void the_agent_gets_the_region_as_an_option_and_the_credentials_only_by_the_environment() {
    // given
    Map<String, String> environment = new HashMap<>();
    environment.put("GENESYS_CLIENT_ID", "id");
    environment.put("GENESYS_CLIENT_SECRET", "hidden");
    environment.put("GENESYS_AGENT_WAIT", "5s");
    environment.put("PATH", "/bin");

    // when
    RealPlatform platform = new RealPlatform("eu-west-1", "mypurecloud.ie", "expired", environment);

    // then
    assertThat(platform.baseUrl()).isEqualTo("https://api.mypurecloud.ie");
    assertThat(platform.staticToken()).isEqualTo("expired");
    assertThat(platform.agentOptions()).isEqualTo("region=eu-west-1");
    assertThat(platform.agentEnvironment())
        .containsOnlyKeys("GENESYS_CLIENT_ID", "GENESYS_CLIENT_SECRET", "GENESYS_AGENT_WAIT");
  }
}

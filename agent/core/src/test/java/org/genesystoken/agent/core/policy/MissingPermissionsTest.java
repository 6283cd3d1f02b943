package org.genesystoken.agent.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.genesystoken.agent.core.log.RecordingLogger;
import org.genesystoken.agent.core.time.VirtualTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MissingPermissionsTest {
  private final VirtualTime time = new VirtualTime();
  private final RecordingLogger log = new RecordingLogger();
  private final List<String> lines = log.said;
  private final MissingPermissions permissions = new MissingPermissions(log, time);

  private void answered(String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    permissions.report(ApiAnswer.of(403, null, null, null).withBody(bytes, bytes.length));
  }

  @Test
  void a_missing_permission_is_named_with_the_remedy_once_in_an_hour() {
    String body =
        "{\"message\":\"You are missing the following permission(s): routing:queue:view\","
            + "\"code\":\"missing.permissions\",\"status\":403}";

    answered(body);
    answered(body);
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0))
        .contains("403 missing.permissions", "routing:queue:view", "Genesys Admin", "role");

    time.pass(1, TimeUnit.HOURS);
    answered(body);
    assertThat(lines).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "missing.permissions",
        "missing.any.permissions",
        "missing.scope",
        "missing.scopes",
        "missing.any.scopes",
        "not.authorized",
      })
  void each_code_that_means_a_permission_or_a_scope_is_told_of_also_without_a_message(String code) {
    answered("{\"status\":403,\"code\":\"" + code + "\"}");

    assertThat(lines).hasSize(1);
    assertThat(lines.get(0)).contains("403 " + code + ";", "Genesys Admin", "role", "scope");
  }

  @Test
  void each_missing_permission_has_a_line_of_its_own() {
    answered("{\"code\":\"missing.permissions\",\"message\":\"a:b:c\"}");
    answered("{\"code\":\"missing.permissions\",\"message\":\"d:e:f\"}");

    assertThat(lines).hasSize(2);
  }

  @Test
  void messages_that_differ_from_call_to_call_do_not_fill_the_log() {
    for (int i = 0; i < 1_000; i++) {
      answered("{\"code\":\"not.authorized\",\"message\":\"no right to see queue " + i + "\"}");
    }
    assertThat(lines).hasSize(64);

    time.pass(1, TimeUnit.HOURS);
    answered("{\"code\":\"not.authorized\",\"message\":\"no right to see queue 64\"}");
    assertThat(lines).hasSize(65);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>", "{}", "{\"code\":\"ip.not.authorized\"}"})
  void any_other_403_is_the_apps_business(String body) {
    answered(body);

    assertThat(lines).isEmpty();
  }

  @Test
  void what_the_server_writes_stays_on_one_line_and_short() {
    StringBuilder longer = new StringBuilder("first\\nsecond ");
    for (int i = 0; i < 1000; i++) {
      longer.append('x');
    }

    answered("{\"code\":\"not.authorized\",\"message\":\"" + longer + "\"}");

    assertThat(lines).hasSize(1);
    assertThat(lines.get(0)).doesNotContain("\n").contains("first second").hasSizeLessThan(600);
  }
}

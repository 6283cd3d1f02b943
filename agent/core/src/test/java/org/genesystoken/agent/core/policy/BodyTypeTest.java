package org.genesystoken.agent.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyTypeTest {
  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "application/json",
        "Application/JSON; charset=utf-8",
        "application/problem+json",
        "text/plain;charset=ISO-8859-1"
      })
  void what_may_be_json_is_worth_a_look(String type) {
    assertThat(TokenPolicy.mayTellInBody(type)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"text/html", "text/event-stream", "application/octet-stream", "image/png"})
  void what_cannot_be_json_is_not(String type) {
    assertThat(TokenPolicy.mayTellInBody(type)).isFalse();
  }
}

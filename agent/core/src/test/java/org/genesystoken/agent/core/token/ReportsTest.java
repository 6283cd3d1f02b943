package org.genesystoken.agent.core.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.genesystoken.agent.core.endpoint.TokenRequestException;
import org.genesystoken.agent.core.log.RecordingLogger;
import org.genesystoken.agent.core.time.VirtualTime;
import org.junit.jupiter.api.Test;

class ReportsTest {
  private final VirtualTime time = new VirtualTime();
  private final RecordingLogger lines = new RecordingLogger();
  private final Reports reports = new Reports(lines, "https://login.test/oauth/token", time);

  @Test
  void a_cause_is_reported_once_in_ten_seconds() {
    for (int i = 0; i < 100; i++) {
      reports.failed(TokenRequestException.temporary("it answered 503"));
    }
    time.advance(10, TimeUnit.SECONDS);
    reports.failed(TokenRequestException.temporary("it answered 503"));

    assertThat(lines.said)
        .containsExactly(
            "WARN No token from https://login.test/oauth/token: it answered 503",
            "WARN No token from https://login.test/oauth/token: it answered 503");
  }

  @Test
  void each_cause_is_reported_and_a_permanent_one_loudly() {
    reports.failed(TokenRequestException.temporary("it answered 503"));
    reports.failed(TokenRequestException.permanent("it answered 400", ""));

    assertThat(lines.said)
        .containsExactly(
            "WARN No token from https://login.test/oauth/token: it answered 503",
            "ERROR No token from https://login.test/oauth/token: it answered 400");
  }

  @Test
  void an_api_that_refuses_tokens_is_reported_once_in_ten_seconds_however_many_are_granted() {
    for (int i = 0; i < 5; i++) {
      reports.newTokenRefused();
      reports.got(i, 60_000);
    }
    time.advance(10, TimeUnit.SECONDS);
    reports.newTokenRefused();

    assertThat(lines.said).filteredOn(line -> line.startsWith("WARN The API refuses")).hasSize(2);
  }

  @Test
  void the_end_of_a_trouble_is_reported_once() {
    reports.got(1, 60_000);
    reports.failed(TokenRequestException.temporary("it answered 503"));
    reports.got(2, 60_000);
    reports.got(3, 60_000);

    assertThat(lines.said)
        .filteredOn(line -> !line.startsWith("DEBUG"))
        .containsExactly(
            "WARN No token from https://login.test/oauth/token: it answered 503",
            "INFO The token endpoint https://login.test/oauth/token grants tokens again");
  }

  @Test
  void an_endpoint_that_fails_and_recovers_all_the_time_costs_two_lines_in_ten_seconds() {
    for (int i = 0; i < 100; i++) {
      reports.failed(TokenRequestException.temporary("it answered 503"));
      reports.got(i, 60_000);
      time.advance(200, TimeUnit.MILLISECONDS);
    }

    assertThat(lines.said)
        .filteredOn(line -> !line.startsWith("DEBUG"))
        .containsExactly(
            "WARN No token from https://login.test/oauth/token: it answered 503",
            "INFO The token endpoint https://login.test/oauth/token grants tokens again",
            "WARN No token from https://login.test/oauth/token: it answered 503",
            "INFO The token endpoint https://login.test/oauth/token grants tokens again");
  }

  @Test
  void what_stays_until_somebody_changes_it_is_said_once_for_each_secret() {
    TokenRequestException refused = TokenRequestException.permanent("it answered 400", "");
    for (int probe = 0; probe < 5; probe++) {
      reports.failed(refused);
      time.advance(15, TimeUnit.MINUTES);
    }
    assertThat(lines.said).hasSize(1);

    reports.newSecret();
    reports.failed(refused);

    assertThat(lines.said).filteredOn(line -> line.startsWith("ERROR")).hasSize(2);
  }

  @Test
  void what_stays_is_said_at_the_next_probe_where_it_came_too_soon_after_the_line_before() {
    // given a new secret that ends a trouble, and the same trouble again within ten seconds
    TokenRequestException refused = TokenRequestException.permanent("it answered 400", "");
    reports.failed(refused);
    reports.got(1, 60_000);
    reports.failed(refused);

    // when the probes go on
    for (int probe = 0; probe < 5; probe++) {
      time.advance(1, TimeUnit.MINUTES);
      reports.failed(refused);
    }

    // then
    assertThat(lines.said)
        .filteredOn(line -> !line.startsWith("DEBUG"))
        .containsExactly(
            "ERROR No token from https://login.test/oauth/token: it answered 400",
            "INFO The token endpoint https://login.test/oauth/token grants tokens again",
            "ERROR No token from https://login.test/oauth/token: it answered 400");
  }

  @Test
  void a_lead_that_is_too_long_is_reported_once() {
    reports.leadTooLong(3_600_000, 1_800_000);
    reports.leadTooLong(3_600_000, 1_800_000);

    assertThat(lines.said).hasSize(1);
    assertThat(lines.said.get(0)).startsWith("WARN refresh-ahead is 3600 s").contains("1800 s");
  }

  @Test
  void nothing_above_debug_is_said_while_all_goes_well() {
    reports.asking(1);
    reports.got(1, 60_000);

    assertThat(lines.said).hasSize(2).allMatch(line -> line.startsWith("DEBUG "));
  }
}

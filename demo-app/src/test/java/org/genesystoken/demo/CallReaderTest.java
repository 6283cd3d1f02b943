package org.genesystoken.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.Map;
import org.genesystoken.demo.simulator.Counts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallReaderTest {
  private final FakePlatform platform = new FakePlatform();
  private final CallReader reader = new CallReader(platform);

  @Test
  void the_agents_first_token_renews_nothing() {
    platform.saw(0, 1);
    assertThat(reader.mark(200)).isEqualTo(Mark.GOOD);
  }

  @Test
  void a_401_that_the_program_did_not_see_was_absorbed() {
    // given
    platform.saw(0, 1);
    reader.mark(200);

    // when
    platform.saw(1, 2);
    Mark refusedOnTheWay = reader.mark(200);
    Mark next = reader.mark(200);

    // then
    assertThat(refusedOnTheWay).isEqualTo(Mark.ABSORBED);
    assertThat(next).isEqualTo(Mark.GOOD);
  }

  @Test
  void a_new_token_without_a_401_was_renewed_in_time() {
    // given
    platform.saw(0, 1);
    reader.mark(200);

    // when
    platform.saw(0, 2);

    // then
    assertThat(reader.mark(200)).isEqualTo(Mark.RENEWED);
  }

  @Test
  void where_the_server_cannot_be_seen_the_status_decides() {
    assertThat(reader.mark(200)).isEqualTo(Mark.GOOD);
    assertThat(reader.mark(401)).isEqualTo(Mark.REFUSED);
  }

  @ParameterizedTest
  @CsvSource({
    "GET /api/v2/users/me 200, 200",
    "POST /api/v2/analytics/conversations/details/query 401, 401",
    "GET /api/v2/users/me 0, 0",
    "something else, -1",
    "GET /api/v2/users/me, -1",
  })
  void only_a_line_about_a_call_has_a_status(String line, int status) {
    assertThat(CallReader.status(line)).isEqualTo(status);
  }

  private static final class FakePlatform implements Platform {
    private Counts counts;

    void saw(int refused, int tokensIssued) {
      counts = new Counts(0, refused, 0, tokensIssued, tokensIssued, tokensIssued);
    }

    @Override
    public Counts counts() {
      return counts;
    }

    @Override
    public String baseUrl() {
      return "http://127.0.0.1";
    }

    @Override
    public String staticToken() {
      return "static";
    }

    @Override
    public String agentOptions() {
      return "";
    }

    @Override
    public Map<String, String> agentEnvironment() {
      return Collections.emptyMap();
    }

    @Override
    public void close() {}
  }
}

package org.genesystoken.demo.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenesysSimulatorTest {
  private static final String ME = "/api/v2/users/me";
  private static final String QUERY = "/api/v2/analytics/conversations/details/query";
  private static final String BODY_AUTH =
      "&client_id="
          + SimulatorSettings.CLIENT_ID
          + "&client_secret="
          + SimulatorSettings.CLIENT_SECRET;

  /** Starts just below the overflow, as the JVM's clock may. */
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

  private final SimulatorSettings settings =
      SimulatorSettings.tokensLive(Duration.ofSeconds(4)).withClock(nanos::get);
  private GenesysSimulator simulator;

  @BeforeEach
  void start() throws IOException {
    simulator = GenesysSimulator.start(settings);
  }

  @AfterEach
  void stop() {
    simulator.close();
  }

  @Test
  void a_token_works_until_its_life_is_over() throws IOException {
    // given
    String token = mint("/oauth/token");

    // when
    pass(3_999);
    Answer alive = get(token);
    pass(1);
    Answer dead = get(token);

    // then
    assertThat(alive.status).isEqualTo(200);
    assertThat(dead.status).isEqualTo(401);
    assertThat(dead.body).contains("\"code\":\"bad.credentials\"", "\"status\":401");
  }

  @Test
  void the_static_token_starts_to_age_at_its_first_use() throws IOException {
    // given
    String token = simulator.staticToken();
    pass(60_000);

    // when
    Answer first = get(token);
    pass(3_999);
    Answer last = get(token);
    pass(1);
    Answer dead = get(token);

    // then
    assertThat(first.status).isEqualTo(200);
    assertThat(last.status).isEqualTo(200);
    assertThat(dead.status).isEqualTo(401);
  }

  @Test
  void a_token_says_24_hours_whatever_its_life_is() throws IOException {
    Answer answer = token("/oauth/token", basic(), "grant_type=client_credentials");

    assertThat(answer.status).isEqualTo(200);
    assertThat(answer.body).contains("\"token_type\":\"bearer\"", "\"expires_in\":86400");
    assertThat(answer.body).doesNotContain("refresh_token");
  }

  @Test
  void an_honest_platform_says_how_long_a_token_lives() throws IOException {
    // given
    restart(settings.withHonestExpiry());

    // when
    Answer answer = token("/oauth/token", basic(), "grant_type=client_credentials");

    // then
    assertThat(answer.body).contains("\"expires_in\":4}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/oauth/token", "/api/v2/oauth/token"})
  void both_token_urls_take_both_ways_of_client_authentication(String path) throws IOException {
    Answer basic = token(path, basic(), "grant_type=client_credentials");
    Answer body = token(path, null, "grant_type=client_credentials" + BODY_AUTH);

    assertThat(basic.status).isEqualTo(200);
    assertThat(body.status).isEqualTo(200);
    assertThat(get(field(body, "access_token")).status).isEqualTo(200);
  }

  @Test
  void a_wrong_secret_is_400_invalid_client_both_ways() throws IOException {
    String wrong =
        "Basic "
            + Base64.getEncoder()
                .encodeToString((SimulatorSettings.CLIENT_ID + ":wrong").getBytes(UTF_8));

    Answer basic = token("/oauth/token", wrong, "grant_type=client_credentials");
    Answer body = token("/oauth/token", null, "grant_type=client_credentials&client_id=x");

    assertThat(basic.status).isEqualTo(400);
    assertThat(basic.body).contains("\"error\":\"invalid_client\"");
    assertThat(body.status).isEqualTo(400);
    assertThat(body.body).contains("\"error\":\"invalid_client\"");
    assertThat(simulator.counts().tokenRequests()).isEqualTo(2);
    assertThat(simulator.counts().tokensIssued()).isZero();
  }

  @Test
  void an_unknown_grant_is_refused() throws IOException {
    Answer answer = token("/oauth/token", basic(), "grant_type=password");

    assertThat(answer.status).isEqualTo(400);
    assertThat(answer.body).contains("\"error\":\"unsupported_grant_type\"");
  }

  @Test
  void a_refresh_token_is_good_for_one_use_and_yields_the_next() throws IOException {
    // given
    String first = simulator.refreshToken();

    // when
    Answer used = refresh(first);
    Answer usedAgain = refresh(first);
    Answer next = refresh(field(used, "refresh_token"));

    // then
    assertThat(used.status).isEqualTo(200);
    assertThat(get(field(used, "access_token")).status).isEqualTo(200);
    assertThat(usedAgain.status).isEqualTo(400);
    assertThat(usedAgain.body).contains("\"error\":\"invalid_grant\"");
    assertThat(next.status).isEqualTo(200);
  }

  @Test
  void a_call_without_a_bearer_token_is_told_that_authentication_is_required() throws IOException {
    Answer answer = call("GET", ME, null, null);

    assertThat(answer.status).isEqualTo(401);
    assertThat(answer.body).contains("\"code\":\"authentication.required\"");
  }

  @Test
  void the_tutorials_401_has_its_code_by_turns_as_a_string_and_as_a_number() throws IOException {
    // given
    restart(settings.withErrors(ErrorStyle.TUTORIAL));

    // when
    Answer first = get("unknown");
    Answer second = get("unknown");
    Answer third = get("unknown");

    // then
    assertThat(first.body).contains("\"code\":\"401000\"");
    assertThat(second.body).contains("\"code\":401000,");
    assertThat(third.body).contains("\"code\":\"401000\"");
  }

  @Test
  void a_query_that_lost_its_body_is_400() throws IOException {
    String bearer = "Bearer " + mint("/oauth/token");

    Answer whole = call("POST", QUERY, bearer, "{\"order\":\"asc\"}");
    Answer lost = call("POST", QUERY, bearer, "");

    assertThat(whole.status).isEqualTo(200);
    assertThat(whole.body).contains("\"conversations\":[]");
    assertThat(lost.status).isEqualTo(400);
  }

  @Test
  void every_answer_has_a_correlation_id() throws IOException {
    assertThat(get("unknown").correlationId).isNotBlank();
    assertThat(call("GET", "/api/v2/nowhere", "Bearer x", null).correlationId).isNotBlank();
    assertThat(token("/oauth/token", null, "").correlationId).isNotBlank();
  }

  @Test
  void it_counts_what_it_sees() throws IOException {
    // given
    String token = mint("/oauth/token");

    // when
    get(token);
    get(token);
    get("unknown");
    call("GET", "/api/v2/nowhere", "Bearer " + token, null);

    // then
    Counts counts = simulator.counts();
    assertThat(counts.answered()).isEqualTo(2);
    assertThat(counts.refused()).isEqualTo(1);
    assertThat(counts.otherErrors()).isEqualTo(1);
    assertThat(counts.tokenRequests()).isEqualTo(1);
    assertThat(counts.tokensIssued()).isEqualTo(1);
    assertThat(counts.distinctTokens()).isEqualTo(2);
  }

  private void restart(SimulatorSettings other) throws IOException {
    simulator.close();
    simulator = GenesysSimulator.start(other);
  }

  private void pass(long millis) {
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private String mint(String path) throws IOException {
    return field(token(path, basic(), "grant_type=client_credentials"), "access_token");
  }

  private Answer refresh(String refreshToken) throws IOException {
    return token(
        "/api/v2/oauth/token",
        null,
        "grant_type=refresh_token&refresh_token=" + refreshToken + BODY_AUTH);
  }

  private Answer token(String path, String authorization, String form) throws IOException {
    return call("POST", path, authorization, form);
  }

  private Answer get(String token) throws IOException {
    return call("GET", ME, "Bearer " + token, null);
  }

  private Answer call(String method, String path, String authorization, String body)
      throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) new URL(simulator.baseUrl() + path).openConnection();
    connection.setRequestMethod(method);
    if (authorization != null) {
      connection.setRequestProperty("Authorization", authorization);
    }
    if (body != null) {
      connection.setDoOutput(true);
      connection.getOutputStream().write(body.getBytes(UTF_8));
    }
    int status = connection.getResponseCode();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (InputStream in =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      for (int b = in.read(); b >= 0; b = in.read()) {
        bytes.write(b);
      }
    }
    return new Answer(
        status,
        new String(bytes.toByteArray(), UTF_8),
        connection.getHeaderField("ININ-Correlation-Id"));
  }

  private static String basic() {
    String pair = SimulatorSettings.CLIENT_ID + ":" + SimulatorSettings.CLIENT_SECRET;
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
  }

  private static String field(Answer answer, String name) {
    Matcher field = Pattern.compile("\"" + name + "\":\"([^\"]+)\"").matcher(answer.body);
    assertThat(field.find()).as("%s in %s", name, answer.body).isTrue();
    return field.group(1);
  }

  private static final class Answer {
    final int status;
    final String body;
    final String correlationId;

    Answer(int status, String body, String correlationId) {
      this.status = status;
      this.body = body;
      this.correlationId = correlationId;
    }
  }
}

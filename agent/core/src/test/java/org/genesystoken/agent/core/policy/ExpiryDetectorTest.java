package org.genesystoken.agent.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpiryDetectorTest {
  private static final String EXPIRED = "{\"message\":\"Invalid\",\"code\":\"bad.credentials\"}";

  private final ExpiryDetector detector =
      new ExpiryDetector(new HashSet<>(Arrays.asList("401000", "bad.credentials")));

  private boolean body(int status, String encoding, byte[] body) {
    return detector.meansExpired(
        ApiAnswer.of(status, Collections.emptyList(), null, encoding).withBody(body, body.length));
  }

  private boolean body(String body) {
    return body(401, null, body.getBytes(StandardCharsets.UTF_8));
  }

  private boolean challenged(String... values) {
    return detector.meansExpired(ApiAnswer.of(401, Arrays.asList(values), null, null));
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        EXPIRED,
        "{\"code\":\"401000\"}",
        "{\"code\":401000}",
        "{\"errorCode\":401000}",
        "{\"errorCode\":\"401000\"}",
        "  {\"details\":[{\"code\":\"x\"}],\"nested\":{\"a\":1},\"code\":401000}",
        "{\"code\":401000,\"message\":\"cut o",
        "{\"code\":\"other\",\"errorCode\":\"401000\"}",
        "\uFEFF{\"code\":401000}"
      })
  void a_401_with_an_expired_code_at_the_top_level_means_expired(String body) {
    assertThat(body(body)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"code\":\"ip.not.authorized\"}",
        "{\"code\":\"401\"}",
        "{\"code\":4010000}",
        "{\"code\":null}",
        "{\"code\":[\"401000\"]}",
        "{\"errors\":[{\"code\":\"401000\"}]}",
        "{\"nested\":{\"code\":\"401000\"}}",
        "{\"message\":\"code 401000\"}",
        "[{\"code\":\"401000\"}]",
        "\"401000\"",
        "<html>401000</html>",
        "{",
        ""
      })
  void any_other_body_means_nothing(String body) {
    assertThat(body(body)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 400, 403, 407, 429, 500})
  void another_status_never_means_expired(int status) {
    assertThat(body(status, null, EXPIRED.getBytes(StandardCharsets.UTF_8))).isFalse();
    assertThat(
            detector.meansExpired(
                ApiAnswer.of(status, Arrays.asList("Bearer error=\"invalid_token\""), null, null)))
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "GZIP", "x-gzip", " gzip "})
  void a_compressed_body_is_read(String encoding) throws IOException {
    assertThat(body(401, encoding, gzip(EXPIRED))).isTrue();
  }

  @Test
  void a_compressed_body_that_is_cut_off_is_read_as_far_as_it_goes() throws IOException {
    StringBuilder noise = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      noise.append((char) ('a' + (i * 7919L % 26)));
    }
    byte[] whole = gzip("{\"code\":401000,\"noise\":\"" + noise + "\"}");

    assertThat(body(401, "gzip", Arrays.copyOf(whole, whole.length - 12))).isTrue();
  }

  @Test
  void a_compressed_bomb_is_read_up_to_the_limit_only() throws IOException {
    StringBuilder blanks = new StringBuilder();
    for (int i = 0; i < TokenPolicy.BODY_LIMIT; i++) {
      blanks.append(' ');
    }

    assertThat(body(401, "gzip", gzip(blanks + "{\"code\":401000}"))).isFalse();
    assertThat(body(401, "gzip", gzip(blanks.substring(100) + "{\"code\":401000}"))).isTrue();
  }

  @Test
  void a_body_that_is_not_what_its_encoding_says_means_nothing() {
    assertThat(body(401, "gzip", EXPIRED.getBytes(StandardCharsets.UTF_8))).isFalse();
    assertThat(body(401, "br", new byte[] {1, 2, 3})).isFalse();
  }

  @Test
  void only_the_valid_part_of_the_buffer_counts() {
    byte[] buffer = "{\"x\":1}{\"code\":401000}".getBytes(StandardCharsets.UTF_8);

    ApiAnswer answer = ApiAnswer.of(401, null, null, null);
    assertThat(detector.meansExpired(answer.withBody(buffer, 7))).isFalse();
    assertThat(detector.meansExpired(answer)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "Bearer error=\"invalid_token\"~true",
        "bearer ERROR=invalid_token~true",
        "Bearer realm=\"x\", error=\"invalid_token\", error_description=\"expired\"~true",
        "Bearer  error = \"invalid_token\"~true",
        "Bearer error=\"invalid\\_token\"~true",
        "Basic realm=\"a, b\", Bearer error=\"invalid_token\"~true",
        "Negotiate YII=, Bearer error=\"invalid_token\"~true",
        "Negotiate aa/bb+cc==, Bearer error=\"invalid_token\"~true",
        "Bearer, Bearer error=\"invalid_token\"~true",
        "Bearer~false",
        "Bearer error=\"insufficient_scope\"~false",
        "Bearer error=\"invalid_token_x\"~false",
        "Bearer xerror=\"invalid_token\"~false",
        "DPoP error=\"invalid_token\"~false",
        "Bearer realm=\"x\", DPoP error=\"invalid_token\"~false",
        "Bearer realm=\"error=invalid_token\"~false",
        "Bearer realm=\"a\\\" , error=\\\"invalid_token\"~false",
        "Basic realm=\"Bearer error=invalid_token\"~false",
        "Bearer error=\"invalid_token~true",
        "Bearer error=~false",
        "Bearer error~false",
        "\"~false",
        ",,=,~false"
      })
  void a_bearer_challenge_counts_only_with_the_error_invalid_token(String value, boolean expired) {
    assertThat(challenged(value)).isEqualTo(expired);
  }

  @Test
  void challenges_may_stand_in_several_values() {
    assertThat(challenged("Basic realm=\"x\"", "Bearer error=\"invalid_token\"")).isTrue();
    assertThat(challenged("Bearer realm=\"x\"", "error=\"invalid_token\"")).isFalse();
    assertThat(challenged((String) null)).isFalse();
  }

  @Property(tries = 500)
  void no_input_makes_it_throw(
      @ForAll String header, @ForAll byte[] body, @ForAll boolean compressed) {
    List<String> headers = Arrays.asList(header, "Bearer " + header);

    boolean expired =
        detector.meansExpired(
            ApiAnswer.of(401, headers, null, compressed ? "gzip" : null)
                .withBody(body, body.length));

    assertThat(expired).isFalse();
  }
}

package org.genesystoken.agent.core.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.genesystoken.agent.core.config.Configuration.ClientAuth;
import org.genesystoken.agent.core.config.Configuration.Grant;
import org.genesystoken.agent.core.config.Secret;
import org.genesystoken.agent.core.log.RecordingLogger;
import org.genesystoken.agent.core.time.VirtualTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrantsTest {
  private static final String GRANTED = "{\"access_token\":\"new\",\"token_type\":\"bearer\"}";
  private static final String INVALID_CLIENT = "{\"error\":\"invalid_client\"}";
  private static final String INVALID_GRANT = "{\"error\":\"invalid_grant\"}";

  @TempDir Path directory;

  private final VirtualTime time = new VirtualTime();
  private final List<String> calls = new ArrayList<>();
  private final Deque<HttpAnswer> answers = new ArrayDeque<>();
  private final RecordingLogger log = new RecordingLogger();
  private Meanwhile meanwhile = () -> {};
  private final TokenCall call =
      (authorization, form, timeoutMillis) -> {
        calls.add(authorization + " " + form);
        meanwhile.happens();
        if (answers.isEmpty()) {
          throw new IOException("the connection was refused");
        }
        return answers.remove();
      };

  /** What somebody else does while a call is under way. */
  private interface Meanwhile {
    void happens() throws IOException;
  }

  private void answer(int status, String body) {
    answer(status, null, body);
  }

  private void answer(int status, String retryAfter, String body) {
    answer(status, retryAfter, null, body);
  }

  private void answer(int status, String retryAfter, String date, String body) {
    answers.add(new HttpAnswer(status, retryAfter, date, body.getBytes(StandardCharsets.UTF_8)));
  }

  private Grants clientCredentials(ClientAuth auth) {
    return new Grants(
        call, Grant.CLIENT_CREDENTIALS, "id:1", secret("s&cret ü"), auth, null, 10_000, time);
  }

  private Grants refreshToken(RefreshTokenStore store, boolean withClient) {
    return new Grants(
        call,
        Grant.REFRESH_TOKEN,
        withClient ? "id" : null,
        secret(withClient ? "secret" : null),
        ClientAuth.BODY,
        store,
        10_000,
        time);
  }

  private RefreshTokenStore store(String initial, File file) {
    return new RefreshTokenStore(initial == null ? null : new Secret(initial), file, false, log);
  }

  private static SecretSource secret(String value) {
    return new SecretSource(value == null ? null : new Secret(value), null);
  }

  /** As an editor or a script leaves it that keeps a secret. */
  private static void write(Path file, String content) throws IOException {
    Files.write(file, content.getBytes(StandardCharsets.UTF_8));
    if (File.separatorChar == '/') {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }
  }

  private static TokenRequestException failureOf(Grants grants) {
    return catchThrowableOfType(TokenRequestException.class, grants::request);
  }

  // ------------------------------------------------------------------ requests

  @Test
  void basic_authentication_form_encodes_id_and_secret_first() throws Exception {
    answer(200, GRANTED);

    TokenResponse response = clientCredentials(ClientAuth.BASIC).request();

    assertThat(response.accessToken().value()).isEqualTo("new");
    // id%3A1:s%26cret+%C3%BC
    assertThat(calls)
        .containsExactly("Basic aWQlM0ExOnMlMjZjcmV0KyVDMyVCQw== grant_type=client_credentials");
  }

  @Test
  void body_authentication_puts_id_and_secret_into_the_form() throws Exception {
    answer(200, GRANTED);

    clientCredentials(ClientAuth.BODY).request();

    assertThat(calls)
        .containsExactly(
            "null grant_type=client_credentials&client_id=id%3A1&client_secret=s%26cret+%C3%BC");
  }

  // ------------------------------------------------------------------ answers

  @ParameterizedTest(name = "{0} → {1} ms")
  @CsvSource({
    "3600, 3600000",
    "'\"3600\"', 3600000",
    "3600.5, 3600500",
    "'\"3600.5\"', 3600500",
    "5, 5000",
    "0, 300000",
    "-1, 300000",
    "null, 300000",
    "'\"soon\"', 300000",
    "'\"NaN\"', 300000",
    "0.0001, 1000",
    "2592001, 2592000000",
    "1000000000000, 2592000000",
    "1e400, 2592000000",
    "[1], 300000"
  })
  void expires_in_is_read_as_it_comes(String json, long millis) throws Exception {
    answer(200, "{\"access_token\":\"new\",\"expires_in\":" + json + "}");

    assertThat(clientCredentials(ClientAuth.BASIC).request().lifeMillis()).isEqualTo(millis);
  }

  @Test
  void a_missing_expires_in_means_five_minutes() throws Exception {
    answer(200, GRANTED);

    assertThat(clientCredentials(ClientAuth.BASIC).request().lifeMillis()).isEqualTo(300_000);
  }

  @ParameterizedTest(name = "body: {0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "''|without JSON",
        "<html>hello</html>|without JSON",
        "{\"access_token\":\"secret|without JSON",
        "{\"access_token\":\"secret\"|without JSON",
        "{}|no access_token",
        "{\"access_token\":\"\"}|no access_token",
        "{\"access_token\":\"secret\",\"token_type\":\"mac\"}|not Bearer",
        "{\"access_token\":\"secret\\r\\nX: y\"}|characters",
        "{\"access_token\":\"secret token\"}|characters",
        "{\"access_token\":\"secret\\u00e9\"}|characters"
      })
  void a_200_that_holds_no_good_token_is_a_temporary_failure(String body, String says) {
    answer(200, body);

    TokenRequestException failure = failureOf(clientCredentials(ClientAuth.BASIC));

    assertThat(failure.isPermanent()).isFalse();
    assertThat(failure).hasMessageContaining(says).hasMessageNotContaining("secret");
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "400, invalid_client, client-secret",
    "401, invalid_client, client-secret",
    "200, invalid_client, client-secret",
    "400, unauthorized_client, grant",
    "400, invalid_scope, scopes",
    "400, invalid_request, token-url",
    "401, '', token-url",
    "403, '', token-url"
  })
  void a_permanent_failure_names_the_remedy(int status, String error, String remedy) {
    answer(status, "{\"error\":\"" + error + "\",\"description\":\"authentication failed\"}");

    TokenRequestException failure = failureOf(clientCredentials(ClientAuth.BASIC));

    assertThat(failure.isPermanent()).isTrue();
    assertThat(failure).hasMessageContaining(remedy);
    assertThat(failure.getMessage())
        .startsWith("it answered " + status + (error.isEmpty() ? "" : " " + error));
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "500|{}",
        "502|<html>",
        "503|",
        "504|{\"code\":\"authentication.request.timeout\"}",
        "408|{}",
        "429|{}",
        "302|",
        "404|<html>",
        "400|{\"error\":\"invalid_request\",\"description\":\"rate limit exceeded; wait\"}"
      })
  void a_failure_that_may_pass_is_temporary(int status, String body) {
    answer(status, body == null ? "" : body);

    TokenRequestException failure = failureOf(clientCredentials(ClientAuth.BASIC));

    assertThat(failure.isPermanent()).isFalse();
    assertThat(failure).hasMessageContaining("it answered " + status);
  }

  @ParameterizedTest(name = "Retry-After: {0}")
  @CsvSource(
      delimiter = '|',
      value = {"120|120000", "0|1000", "1000000000|900000", "-5|-1", "soon|-1", "''|-1"})
  void retry_after_is_kept_within_bounds(String value, long millis) {
    answer(429, value, "{}");

    assertThat(failureOf(clientCredentials(ClientAuth.BASIC)).retryAfterMillis()).isEqualTo(millis);
  }

  @Test
  void retry_after_may_be_a_date() {
    // the virtual clock stands at day 20,000
    answer(503, "Fri, 04 Oct 2024 00:02:00 GMT", "");

    assertThat(failureOf(clientCredentials(ClientAuth.BASIC)).retryAfterMillis())
        .isEqualTo(120_000);
  }

  @ParameterizedTest(name = "the servers clock is {0} min off")
  @CsvSource({"-10", "0", "10"})
  void retry_after_as_a_date_is_read_by_the_servers_own_clock(int minutesOff) {
    Instant now = Instant.ofEpochMilli(time.currentTimeMillis()).plusSeconds(minutesOff * 60L);
    answer(429, httpDate(now.plusSeconds(120)), httpDate(now), "");

    assertThat(failureOf(clientCredentials(ClientAuth.BASIC)).retryAfterMillis())
        .isEqualTo(120_000);
  }

  private static String httpDate(Instant instant) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(instant.atOffset(ZoneOffset.UTC));
  }

  @Test
  void an_error_code_that_is_none_is_not_shown() {
    answer(400, "{\"error\":\"the secret is s3cr3t\"}");

    assertThat(failureOf(clientCredentials(ClientAuth.BASIC)))
        .hasMessageNotContaining("s3cr3t")
        .hasMessageStartingWith("it answered 400;");
  }

  // ------------------------------------------------------------------ refresh tokens

  @Test
  void a_rotated_refresh_token_replaces_the_old_one_and_none_keeps_it() throws Exception {
    Grants grants = refreshToken(store("one", null), false);
    answer(200, "{\"access_token\":\"a\",\"refresh_token\":\"two\"}");
    answer(200, GRANTED);
    answer(200, GRANTED);

    grants.request();
    grants.request();
    grants.request();

    assertThat(calls)
        .containsExactly(
            "null grant_type=refresh_token&refresh_token=one",
            "null grant_type=refresh_token&refresh_token=two",
            "null grant_type=refresh_token&refresh_token=two");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void a_rotated_refresh_token_is_written_for_its_owner_only_and_nothing_else_is_left()
      throws Exception {
    Path file = directory.resolve("refresh-token");
    // as an editor on Windows leaves it, with a note behind
    write(file, "\uFEFFone\r\na note\r\n");
    Grants grants = refreshToken(store("older", file.toFile()), false);
    answer(200, "{\"access_token\":\"a\",\"refresh_token\":\"two\"}");

    grants.request();

    assertThat(calls).containsExactly("null grant_type=refresh_token&refresh_token=one");
    assertThat(file).hasContent("two");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(directory.toFile().list())
        .containsExactlyInAnyOrder("refresh-token", ".refresh-token.lock");
  }

  @Test
  void a_file_that_is_not_there_yet_is_made_at_the_first_rotation() throws Exception {
    Path file = directory.resolve("refresh-token");
    Grants grants = refreshToken(store("one", file.toFile()), false);
    answer(200, "{\"access_token\":\"a\",\"refresh_token\":\"two\"}");

    grants.request();

    assertThat(file).hasContent("two");
  }

  @Test
  void a_file_that_cannot_be_written_leaves_the_new_token_in_memory() throws Exception {
    File file = directory.resolve("missing").resolve("refresh-token").toFile();
    Grants grants = refreshToken(store("one", file), false);
    answer(200, "{\"access_token\":\"a\",\"refresh_token\":\"two\"}");
    answer(200, GRANTED);

    grants.request();
    grants.request();

    assertThat(calls.get(1)).endsWith("refresh_token=two");
    assertThat(grants.hasNewSecret()).isFalse();
  }

  @Test
  void a_link_to_the_file_stays_a_link() throws Exception {
    Path file = directory.resolve("real");
    write(file, "one");
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);
    Grants grants = refreshToken(store(null, link.toFile()), false);
    answer(200, "{\"access_token\":\"a\",\"refresh_token\":\"two\"}");

    grants.request();

    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(file).hasContent("two");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void a_link_to_a_file_that_is_not_there_yet_stays_a_link_too() throws Exception {
    Path data = Files.createDirectory(directory.resolve("data"));
    Path middle = Files.createSymbolicLink(directory.resolve("middle"), data.resolve("token"));
    Path link =
        Files.createSymbolicLink(
            data.resolve("link"), directory.getFileSystem().getPath("../middle"));
    Grants grants = refreshToken(store("one", link.toFile()), false);
    answer(200, rotatedTo("two"));

    grants.request();

    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(Files.isSymbolicLink(middle)).isTrue();
    assertThat(data.resolve("token")).hasContent("two");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void a_link_that_leads_nowhere_is_left_alone() throws Exception {
    Path link = directory.resolve("link");
    Files.createSymbolicLink(link, link);
    Grants grants = refreshToken(store("one", link.toFile()), false);
    answer(200, rotatedTo("two"));

    grants.request();

    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(log.said).hasSize(1);
    assertThat(log.said.get(0)).contains("could not be written to " + link, "FileSystemLoop");
  }

  private static String refreshing(String token) {
    return "null grant_type=refresh_token&refresh_token=" + token;
  }

  private static String rotatedTo(String token) {
    return "{\"access_token\":\"a\",\"refresh_token\":\"" + token + "\"}";
  }

  /** One whose file holds "two", which the endpoint has granted for "one". */
  private Grants rotated(Path file) throws Exception {
    write(file, "one");
    Grants grants = refreshToken(store(null, file.toFile()), false);
    answer(200, rotatedTo("two"));
    grants.request();
    calls.clear();
    return grants;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"tw", "of an earlier run"})
  void a_half_written_file_or_an_old_backup_does_not_displace_the_good_token(String content)
      throws Exception {
    Path file = directory.resolve("refresh-token");
    Grants grants = rotated(file);
    answer(400, INVALID_GRANT);
    answer(200, GRANTED);
    answer(200, GRANTED);

    write(file, content);
    grants.request();
    grants.request();

    assertThat(calls)
        .containsExactly(
            refreshing(content.replace(' ', '+')), refreshing("two"), refreshing("two"));
    assertThat(file).hasContent("two");
    assertThat(grants.hasNewSecret()).isFalse();
  }

  @Test
  void a_token_that_was_exchanged_already_is_never_presented_again() throws Exception {
    Path file = directory.resolve("refresh-token");
    Grants grants = rotated(file);
    answer(200, GRANTED);

    // when a backup is restored: to present it may revoke all (RFC 9700 §4.14.2)
    write(file, "one");

    assertThat(grants.hasNewSecret()).isFalse();
    grants.request();
    assertThat(calls).containsExactly(refreshing("two"));
    assertThat(file).hasContent("two");
  }

  @Test
  void a_half_written_token_is_presented_once_more_when_it_is_whole() throws Exception {
    Path file = directory.resolve("refresh-token");
    Grants grants = rotated(file);
    write(file, "thr");
    meanwhile = () -> write(file, "three");
    answer(400, INVALID_GRANT);
    answer(200, GRANTED);

    grants.request();

    assertThat(calls).containsExactly(refreshing("thr"), refreshing("three"));
    assertThat(file).hasContent("three");
  }

  @Test
  void a_failure_that_may_pass_costs_neither_the_files_token_nor_the_own_one() throws Exception {
    Path file = directory.resolve("refresh-token");
    Grants grants = rotated(file);
    write(file, "three");
    answer(503, "");
    answer(400, INVALID_GRANT);
    answer(200, GRANTED);

    assertThat(failureOf(grants).isPermanent()).isFalse();
    grants.request();

    assertThat(calls).containsExactly(refreshing("three"), refreshing("three"), refreshing("two"));
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "400|{\"error\":\"invalid_request\"}",
        "400|{\"message\":\"bad refresh token\"}",
        "401|",
        "500|oops",
        "200|{\"message\":\"bad refresh token\"}"
      })
  void a_half_written_file_blocks_nothing_however_the_endpoint_refuses_it(int status, String body)
      throws Exception {
    // given
    Path file = directory.resolve("refresh-token");
    Grants grants = rotated(file);
    write(file, "half");
    answer(status, body == null ? "" : body);
    answer(200, rotatedTo("three"));
    answer(200, GRANTED);

    // when
    grants.request();
    grants.request();

    // then
    assertThat(calls).containsExactly(refreshing("half"), refreshing("two"), refreshing("three"));
    assertThat(file).as("which may be good all the same").hasContent("half");
    assertThat(log.said)
        .containsExactly(
            "WARN The refresh token in "
                + file
                + " has failed and the one before it is good; that is used on, in memory only: put"
                + " a good one into the file, or delete it");
  }

  @Test
  void a_token_in_the_file_that_has_failed_is_presented_again_once_the_own_one_fails()
      throws Exception {
    // given
    Path file = directory.resolve("refresh-token");
    Grants grants = rotated(file);
    write(file, "three");
    answer(500, "");
    answer(200, GRANTED);
    grants.request();
    calls.clear();

    // when
    answer(400, "{}");
    answer(200, GRANTED);
    grants.request();

    // then
    assertThat(calls).containsExactly(refreshing("two"), refreshing("three"));
  }

  @Test
  void an_endpoint_that_fails_whatever_the_token_is_asked_once_a_time() throws Exception {
    // given
    Path file = directory.resolve("refresh-token");
    Grants grants = rotated(file);
    write(file, "three");
    for (int i = 0; i < 6; i++) {
      answer(500, "");
    }

    // when
    for (int i = 0; i < 5; i++) {
      assertThat(failureOf(grants)).hasMessageContaining("500");
    }

    // then by turns, as either may be the good one
    assertThat(calls)
        .containsExactly(
            refreshing("three"),
            refreshing("two"),
            refreshing("three"),
            refreshing("two"),
            refreshing("three"),
            refreshing("two"));
    assertThat(log.said).isEmpty();
  }

  @Test
  void a_token_that_has_failed_is_not_presented_twice_in_one_request() throws Exception {
    // given
    Path file = directory.resolve("refresh-token");
    Grants grants = rotated(file);
    write(file, "three");
    answer(500, "");
    answer(400, INVALID_GRANT);
    answer(200, GRANTED);

    // when
    TokenRequestException failure = failureOf(grants);

    // then it may still be good
    assertThat(failure).hasMessageContaining("500");
    assertThat(failure.isPermanent()).isFalse();
    assertThat(calls).containsExactly(refreshing("three"), refreshing("two"));
    grants.request();
    assertThat(calls).endsWith(refreshing("three"));
  }

  @Test
  void a_newer_token_in_the_file_goes_first_although_the_one_before_it_has_failed()
      throws Exception {
    // given
    Path file = directory.resolve("refresh-token");
    Grants grants = rotated(file);
    write(file, "half");
    answer(500, "");
    answer(200, GRANTED);
    grants.request();
    calls.clear();

    // when
    write(file, "half and half");
    answer(500, "");
    answer(200, GRANTED);
    grants.request();

    // then
    assertThat(calls).containsExactly(refreshing("half+and+half"), refreshing("two"));
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "400||{\"error\":\"invalid_client\"}",
        "400||{\"error\":\"unauthorized_client\"}",
        "400||{\"error\":\"invalid_request\",\"description\":\"rate limit exceeded; wait\"}",
        "429||{}",
        "408||{}",
        "502||",
        "503||",
        "504||",
        "500|5|{}",
        "0||"
      })
  void a_failure_that_has_nothing_to_do_with_the_token_is_followed_by_no_second_call(
      int status, String retryAfter, String body) throws Exception {
    // given
    Path file = directory.resolve("refresh-token");
    Grants grants = rotated(file);
    write(file, "three");
    for (int i = 0; i < 2 && status != 0; i++) {
      answer(status, retryAfter, body == null ? "" : body);
    }

    // when
    failureOf(grants);
    failureOf(grants);

    // then
    assertThat(calls).containsExactly(refreshing("three"), refreshing("three"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"missing", "empty", "the own one", "a spent one"})
  void a_token_that_the_file_no_longer_holds_gives_way_to_the_one_that_was_granted(String how)
      throws Exception {
    // given
    Path file = directory.resolve("refresh-token");
    Grants grants = rotated(file);
    write(file, "three");
    answer(503, "");
    failureOf(grants);
    calls.clear();

    // when
    if (how.equals("missing")) {
      Files.delete(file);
    } else {
      write(file, how.equals("empty") ? "" : how.equals("the own one") ? "two" : "one");
    }
    answer(200, GRANTED);
    grants.request();

    // then
    assertThat(calls).containsExactly(refreshing("two"));
  }

  @Test
  void a_token_that_is_stored_during_the_exchange_of_another_is_not_overwritten() throws Exception {
    Path file = directory.resolve("refresh-token");
    Grants grants = rotated(file);
    meanwhile = () -> write(file, "of the operator");
    answer(200, rotatedTo("three"));
    grants.request();
    assertThat(file).hasContent("of the operator");

    // when it turns out to be no good
    meanwhile = () -> {};
    answer(400, INVALID_GRANT);
    answer(200, GRANTED);
    grants.request();

    assertThat(calls)
        .containsExactly(refreshing("two"), refreshing("of+the+operator"), refreshing("three"));
    assertThat(file).hasContent("three");
  }

  @Test
  void a_token_in_the_file_is_news_once_whatever_comes_of_it() throws Exception {
    Path file = directory.resolve("refresh-token");
    Grants grants = rotated(file);
    write(file, "three");
    assertThat(grants.hasNewSecret()).isTrue();
    answer(400, INVALID_CLIENT);

    assertThat(failureOf(grants).isPermanent()).isTrue();

    // or there would be a request each second
    assertThat(grants.hasNewSecret()).isFalse();
    write(file, "four");
    assertThat(grants.hasNewSecret()).isTrue();
  }

  @Test
  void an_operator_may_go_back_to_a_token_that_was_never_exchanged() throws Exception {
    Path file = directory.resolve("refresh-token");
    write(file, "a");
    Grants grants = refreshToken(store(null, file.toFile()), false);
    for (String token : Arrays.asList("a", "b", "a")) {
      write(file, token);
      answer(200, GRANTED);
      grants.request();
    }

    assertThat(calls).containsExactly(refreshing("a"), refreshing("b"), refreshing("a"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"missing", "empty"})
  void a_file_that_is_missing_or_empty_keeps_the_token_that_was_granted(String how)
      throws Exception {
    Path file = directory.resolve("refresh-token");
    Grants grants = rotated(file);
    answer(200, GRANTED);
    answer(200, GRANTED);

    // when, and for longer than somebody takes to write it
    Files.delete(file);
    if (how.equals("empty")) {
      write(file, "");
      grants.request();
      assertThat(file).isEmptyFile();
      Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis() - 61_000));
    }
    grants.request();

    assertThat(calls).containsOnly(refreshing("two"));
    assertThat(file).hasContent("two");
  }

  @Test
  void a_write_that_fails_is_tried_again_with_each_token_call_and_told_once() throws Exception {
    Path file = directory.resolve("missing").resolve("refresh-token");
    Grants grants = refreshToken(store("one", file.toFile()), false);
    answer(200, rotatedTo("two"));
    answer(200, GRANTED);
    answer(200, GRANTED);
    grants.request();
    grants.request();
    assertThat(log.said).hasSize(1);
    assertThat(log.said.get(0))
        .startsWith("WARN The new refresh token could not be written to " + file)
        .contains("NoSuchFileException", "it is tried again with each token call");

    // when
    Files.createDirectory(file.getParent());
    grants.request();

    // then
    assertThat(file).hasContent("two");
    assertThat(calls).containsExactly(refreshing("one"), refreshing("two"), refreshing("two"));
    assertThat(log.said).hasSize(2);
    assertThat(log.said.get(1)).isEqualTo("INFO The new refresh token is in " + file + " now");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"refresh_token\":\"two\"}",
        "{\"access_token\":\"\",\"refresh_token\":\"two\"}",
        "{\"access_token\":\"a\\r\\nX: y\",\"refresh_token\":\"two\"}",
        "{\"access_token\":\"a\",\"token_type\":\"mac\",\"refresh_token\":\"two\"}",
        "{\"refresh_token\":\"two\",\"access_token\":\"a"
      })
  void a_new_refresh_token_is_kept_although_the_access_token_is_of_no_use(String body)
      throws Exception {
    Path file = directory.resolve("refresh-token");
    write(file, "one");
    Grants grants = refreshToken(store(null, file.toFile()), false);
    answer(200, body);
    answer(200, GRANTED);

    assertThat(failureOf(grants).isPermanent()).isFalse();
    assertThat(file).hasContent("two");
    grants.request();

    assertThat(calls).containsExactly(refreshing("one"), refreshing("two"));
  }

  @Test
  void an_invalid_grant_adopts_the_newer_token_that_another_process_has_stored() throws Exception {
    Path file = directory.resolve("refresh-token");
    write(file, "one");
    Grants grants = refreshToken(store(null, file.toFile()), true);
    meanwhile = () -> write(file, "newer");
    answer(400, INVALID_GRANT);
    answer(200, GRANTED);

    assertThat(grants.request().accessToken().value()).isEqualTo("new");

    assertThat(calls).hasSize(2);
    assertThat(calls.get(0)).contains("refresh_token=one");
    assertThat(calls.get(1)).contains("refresh_token=newer");
  }

  @Test
  void a_token_that_another_process_has_stored_goes_before_the_one_in_memory() throws Exception {
    Path file = directory.resolve("refresh-token");
    write(file, "one");
    Grants grants = refreshToken(store(null, file.toFile()), false);
    answer(200, "{\"access_token\":\"a\",\"refresh_token\":\"two\"}");
    answer(200, GRANTED);
    grants.request();

    write(file, "of the other process");
    assertThat(grants.hasNewSecret()).isTrue();
    grants.request();

    assertThat(calls.get(1)).endsWith("refresh_token=of+the+other+process");
    assertThat(grants.hasNewSecret()).isFalse();
  }

  @Test
  void an_invalid_grant_falls_back_to_client_credentials_and_is_not_presented_again()
      throws Exception {
    Path file = directory.resolve("refresh-token");
    write(file, "one");
    Grants grants = refreshToken(store(null, file.toFile()), true);
    answer(400, INVALID_GRANT);
    answer(200, GRANTED);
    answer(200, GRANTED);

    grants.request();
    grants.request();

    String credentials = "null grant_type=client_credentials&client_id=id&client_secret=secret";
    assertThat(calls)
        .containsExactly(
            "null grant_type=refresh_token&refresh_token=one&client_id=id&client_secret=secret",
            credentials,
            credentials);
    assertThat(file).hasContent("one");
  }

  @Test
  void an_invalid_grant_without_another_way_is_permanent() {
    answer(400, INVALID_GRANT);

    Grants grants = refreshToken(store("one", null), false);

    TokenRequestException failure = failureOf(grants);

    assertThat(failure.isPermanent()).isTrue();
    assertThat(failure).hasMessageContaining("invalid_grant").hasMessageContaining("set a new one");
    assertThat(failureOf(grants)).as("there is one, and it is refused").isSameAs(failure);
    assertThat(calls).hasSize(1);
  }

  @Test
  void a_missing_refresh_token_is_named_and_found_once_it_is_there() throws Exception {
    Path file = directory.resolve("refresh-token");
    Grants grants = refreshToken(store(null, file.toFile()), false);

    TokenRequestException failure = failureOf(grants);
    write(file, "late");
    answer(200, GRANTED);
    grants.request();

    assertThat(failure.isPermanent()).isTrue();
    assertThat(failure).hasMessageContaining("there is no refresh token in " + file);
    assertThat(calls).containsExactly("null grant_type=refresh_token&refresh_token=late");
  }

  // ------------------------------------------------------------------ secrets in files

  private Grants secretIn(Path file, boolean readableByAll) {
    SecretFile secret = new SecretFile(file.toFile(), readableByAll, log);
    return new Grants(
        call,
        Grant.CLIENT_CREDENTIALS,
        "id",
        new SecretSource(new Secret("at the start"), secret),
        ClientAuth.BODY,
        null,
        10_000,
        time);
  }

  /** The file holds one that has been good. */
  private Grants withGoodSecretIn(Path file) throws Exception {
    write(file, "old");
    Grants grants = secretIn(file, false);
    answer(200, GRANTED);
    grants.request();
    return grants;
  }

  private static String asking(String secret) {
    return "null grant_type=client_credentials&client_id=id&client_secret=" + secret;
  }

  @Test
  void a_refresh_token_that_is_not_used_is_no_new_secret() throws Exception {
    Path file = directory.resolve("refresh-token");
    write(file, "one");
    Grants grants =
        new Grants(
            call,
            Grant.CLIENT_CREDENTIALS,
            "id",
            secret("secret"),
            ClientAuth.BODY,
            store(null, file.toFile()),
            10_000,
            time);

    assertThat(grants.hasNewSecret()).isFalse();
  }

  @Test
  void a_client_secret_that_is_replaced_is_used_for_the_next_request() throws Exception {
    Path file = directory.resolve("secret");
    write(file, "old");
    Grants grants = secretIn(file, false);
    answer(200, GRANTED);
    answer(200, GRANTED);
    grants.request();
    assertThat(grants.hasNewSecret()).isFalse();

    // of the same length and in the same second: no time stamp tells
    write(file, "new");
    assertThat(grants.hasNewSecret()).isTrue();
    grants.request();

    assertThat(calls).containsExactly(asking("old"), asking("new"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"half written", "missing", "a directory"})
  void a_secret_that_cannot_be_read_for_a_while_keeps_the_old_one(String how) throws Exception {
    Path file = directory.resolve("secret");
    write(file, "old");
    Grants grants = secretIn(file, false);
    answer(200, GRANTED);
    answer(200, GRANTED);
    grants.request();

    Files.delete(file);
    if (how.equals("half written")) {
      write(file, "");
    } else if (how.equals("a directory")) {
      Files.createDirectory(file);
    }
    assertThat(grants.hasNewSecret()).isFalse();
    grants.request();

    assertThat(calls).containsExactly(asking("old"), asking("old"));
  }

  @Test
  void a_secret_that_is_replaced_while_the_old_one_is_under_way_is_tried_at_once()
      throws Exception {
    Path file = directory.resolve("secret");
    write(file, "old");
    Grants grants = secretIn(file, false);
    meanwhile = () -> write(file, "new");
    answer(400, INVALID_CLIENT);
    answer(200, GRANTED);

    assertThat(grants.request().accessToken().value()).isEqualTo("new");

    assertThat(calls).containsExactly(asking("old"), asking("new"));
  }

  @Test
  void a_secret_that_is_replaced_for_nothing_is_tried_once() throws Exception {
    Path file = directory.resolve("secret");
    write(file, "old");
    Grants grants = secretIn(file, false);
    meanwhile = () -> write(file, "new" + calls.size());
    answer(400, INVALID_CLIENT);
    answer(400, INVALID_CLIENT);

    assertThat(failureOf(grants).isPermanent()).isTrue();

    assertThat(calls).hasSize(2);
  }

  @Test
  void half_of_a_new_secret_keeps_the_old_one_until_the_whole_is_there() throws Exception {
    // given
    Path file = directory.resolve("secret");
    Grants grants = withGoodSecretIn(file);

    // when half of it is written
    write(file, "ne");
    answer(400, INVALID_CLIENT);
    answer(200, GRANTED);
    grants.request();

    // then it is told of once, and not tried again
    assertThat(grants.hasNewSecret()).isFalse();
    answer(200, GRANTED);
    grants.request();

    // when all of it is
    write(file, "new");
    assertThat(grants.hasNewSecret()).isTrue();
    answer(200, GRANTED);
    grants.request();

    // then
    assertThat(calls)
        .containsExactly(asking("old"), asking("ne"), asking("old"), asking("old"), asking("new"));
    assertThat(log.said)
        .containsExactly(
            "WARN "
                + file
                + ": the secret in it was refused, the one before it is used on; check it");
  }

  @Test
  void a_refused_secret_is_new_again_when_the_file_has_held_another() throws Exception {
    // given a secret that was refused for the one before, which was put back and then revoked
    Path file = directory.resolve("secret");
    Grants grants = withGoodSecretIn(file);
    write(file, "new");
    answer(400, INVALID_CLIENT);
    answer(200, GRANTED);
    grants.request();
    write(file, "old");
    answer(400, INVALID_CLIENT);
    failureOf(grants);
    assertThat(grants.hasNewSecret()).isFalse();

    // when
    write(file, "new");

    // then
    assertThat(grants.hasNewSecret()).isTrue();
    answer(200, GRANTED);
    grants.request();
    assertThat(calls)
        .containsExactly(asking("old"), asking("new"), asking("old"), asking("old"), asking("new"));
  }

  @Test
  void where_both_secrets_are_refused_the_old_one_is_not_tried_again() throws Exception {
    // given
    Path file = directory.resolve("secret");
    Grants grants = withGoodSecretIn(file);
    write(file, "new");

    // when
    for (int i = 0; i < 3; i++) {
      answer(400, INVALID_CLIENT);
    }
    assertThat(failureOf(grants).isPermanent()).isTrue();
    assertThat(grants.hasNewSecret()).isFalse();
    assertThat(failureOf(grants).isPermanent()).isTrue();

    // then
    assertThat(calls).containsExactly(asking("old"), asking("new"), asking("old"), asking("new"));
    assertThat(log.said).isEmpty();
  }

  @Test
  void the_old_secret_goes_first_while_it_is_not_known_whether_it_is_good() throws Exception {
    // given
    Path file = directory.resolve("secret");
    Grants grants = withGoodSecretIn(file);
    write(file, "ne");

    // when
    answer(400, INVALID_CLIENT);
    answer(503, "");
    assertThat(failureOf(grants).isPermanent()).isFalse();
    answer(200, GRANTED);
    grants.request();

    // then
    assertThat(calls).containsExactly(asking("old"), asking("ne"), asking("old"), asking("old"));
  }

  @Test
  void a_new_secret_is_not_doubted_for_what_is_said_of_the_refresh_token() throws Exception {
    Path file = directory.resolve("secret");
    Grants grants = withGoodSecretIn(file);
    write(file, "new");
    answer(400, INVALID_GRANT);

    assertThat(failureOf(grants).isInvalidGrant()).isTrue();

    assertThat(calls).containsExactly(asking("old"), asking("new"));
  }

  @Test
  void a_secret_that_was_refused_too_early_is_tried_when_the_old_one_is_over() throws Exception {
    // given a new secret that the server does not know yet
    Path file = directory.resolve("secret");
    Grants grants = withGoodSecretIn(file);
    write(file, "new");
    answer(400, INVALID_CLIENT);
    answer(200, GRANTED);
    grants.request();

    // when
    answer(400, INVALID_CLIENT);
    answer(200, GRANTED);
    grants.request();
    answer(200, GRANTED);
    grants.request();

    // then
    assertThat(calls)
        .containsExactly(
            asking("old"),
            asking("new"),
            asking("old"),
            asking("old"),
            asking("new"),
            asking("new"));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void a_secret_that_everybody_can_read_by_now_is_refused_with_one_line() throws Exception {
    Path file = directory.resolve("secret");
    write(file, "old");
    Grants grants = secretIn(file, false);
    Grants lax = secretIn(file, true);
    for (int i = 0; i < 4; i++) {
      answer(200, GRANTED);
    }
    grants.request();

    write(file, "new");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    grants.request();
    grants.request();
    lax.request();

    assertThat(calls).containsExactly(asking("old"), asking("old"), asking("old"), asking("new"));
    assertThat(log.said)
        .containsExactly(
            "WARN "
                + file
                + " is not read: every user of this machine can read it, too; take that right away"
                + " (chmod o-r) or set allow-readable-secrets=true");
  }

  @Test
  void no_failure_holds_a_secret() {
    for (String body : Arrays.asList(INVALID_GRANT, INVALID_CLIENT, "s3cr3t")) {
      answer(400, body);
      Grants grants =
          new Grants(
              call,
              Grant.REFRESH_TOKEN,
              "id",
              secret(null),
              ClientAuth.BASIC,
              store("s3cr3t", null),
              10_000,
              time);

      assertThat(failureOf(grants)).hasMessageNotContaining("s3cr3t");
    }
  }
}

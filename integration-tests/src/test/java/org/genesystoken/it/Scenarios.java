package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.genesystoken.it.FakeGenesys.TOKEN_MARK;
import static org.genesystoken.it.Scenario.Agent.BEARER_ONLY;
import static org.genesystoken.it.Scenario.Agent.BY_NAME;
import static org.genesystoken.it.Scenario.Agent.NEVER_A_TOKEN;
import static org.genesystoken.it.Scenario.Agent.NO_TOKEN;
import static org.genesystoken.it.Scenario.Agent.ON_401;
import static org.genesystoken.it.Scenario.Agent.REFUSED;
import static org.genesystoken.it.Scenario.Agent.TUTORIAL;
import static org.genesystoken.it.Scenario.Expected.AS_WITHOUT_AGENT;
import static org.genesystoken.it.Scenario.Expected.SUCCESS;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.genesystoken.it.FakeGenesys.Answer;
import org.genesystoken.it.Scenario.Run;

/** The table. Before each row the agent has got a live token, and counting starts at zero. */
final class Scenarios {
  static final String STALE = "\theader=Authorization: Bearer stale";
  private static final String ME = "/api/v2/users/me";

  private Scenarios() {}

  static List<Scenario> all() {
    List<Scenario> rows = new ArrayList<>();
    injection(rows);
    expiry(rows);
    bodies(rows);
    accessors(rows);
    executors(rows);
    subclasses(rows);
    leftAlone(rows);
    redirects(rows);
    proxies(rows);
    otherSettings(rows);
    BodyScenarios.add(rows);
    ThrottlingScenarios.add(rows);
    return rows;
  }

  private static void injection(List<Scenario> rows) {
    rows.add(
        Scenario.of("no Authorization: the token is put in")
            .call(site -> get(site.genesys().http(ME)))
            .check(Scenarios::everyHitHasAToken));
    rows.add(
        Scenario.of("stale bearer: replaced")
            .call(site -> get(site.genesys().http(ME)) + STALE)
            .check(Scenarios::everyHitHasAToken));
    rows.add(
        Scenario.of("https, stale bearer: replaced")
            .call(site -> get(site.genesys().https(ME)) + STALE)
            .check(Scenarios::everyHitHasAToken));
    rows.add(
        Scenario.of("query with odd characters")
            .call(site -> get(site.genesys().http(ME + "?q=%20a+b&x=%C3%A9")) + STALE)
            .check(Scenarios::everyHitHasAToken));
    rows.add(
        Scenario.of("host by its name, in upper case")
            .agent(BY_NAME)
            .only((client, jdk) -> !client.isLibrary())
            .call(site -> get("http://LocalHost:" + site.genesys().port() + ME) + STALE)
            .check(Scenarios::everyHitHasAToken));
    rows.add(
        Scenario.of("covered name as the user info of another host: no token")
            .agent(BY_NAME)
            .call(site -> get("http://localhost@127.0.0.1:" + site.genesys().port() + "/open/x"))
            // others refuse it, or keep the user for later calls of the same client
            .only((client, jdk) -> client == Client.URL_CONNECTION)
            .sees(AS_WITHOUT_AGENT)
            .check(Scenarios::noHitHasAToken));
    rows.add(
        Scenario.of("another host: no token")
            .call(site -> get(site.elsewhere().http("/open/x")))
            .sees(AS_WITHOUT_AGENT)
            .counts(0, 0)
            .check(Scenarios::nothingElsewhere));
    rows.add(
        Scenario.of("the same server by another name: no token")
            .call(site -> get("http://localhost:" + site.genesys().port() + "/open/x"))
            .sees(AS_WITHOUT_AGENT)
            .check(Scenarios::noHitHasAToken));
  }

  private static void expiry(List<Scenario> rows) {
    for (String code : Answers.EXPIRED_CODES) {
      rows.add(
          Scenario.of("expired, 401 " + code)
              .expired(Answers.expired(code))
              .call(site -> get(site.genesys().http(ME)) + STALE));
    }
    rows.add(
        Scenario.of("expired, tutorial's code as a string")
            .expired(Answers.tutorial("{\"code\":\"401000\",\"message\":\"Token expired\"}"))
            .call(site -> get(site.genesys().http(ME)) + STALE));
    rows.add(
        Scenario.of("expired, tutorial's code as a number")
            .expired(Answers.tutorial("{\"message\":\"Token expired\",\"code\":401000}"))
            .call(site -> get(site.genesys().http(ME)) + STALE));
    rows.add(
        Scenario.of("expired, errorCode")
            .expired(Answers.tutorial("{\"errorCode\":401000}"))
            .call(site -> get(site.genesys().http(ME)) + STALE));
    rows.add(
        Scenario.of("expired, gzip body")
            .expired(Answers.expired("bad.credentials").gzip())
            .call(site -> get(site.genesys().http(ME)) + STALE));
    rows.add(
        Scenario.of("expired, WWW-Authenticate invalid_token")
            .expired(Answers.invalidToken())
            .call(site -> get(site.genesys().http(ME)) + STALE));
    rows.add(
        Scenario.of("expired, several challenges")
            .expired(Answers.severalChallenges())
            .call(site -> get(site.genesys().http(ME)) + STALE));
    rows.add(
        Scenario.of("expired, no Authorization of the app's own")
            .expired()
            .call(site -> get(site.genesys().http(ME))));
    rows.add(
        Scenario.of("expired, HEAD, WWW-Authenticate invalid_token")
            .expired(Answers.invalidToken())
            .call(site -> "method=HEAD\turl=" + site.genesys().http(ME) + STALE));
    rows.add(
        Scenario.of("expired, then two more calls: one refresh")
            .expired()
            .counts(4, 1)
            .call(site -> get(site.genesys().http(ME)) + STALE)
            .call(site -> get(site.genesys().http(ME)) + STALE)
            .call(site -> get(site.genesys().http(ME)) + STALE));
    rows.add(
        Scenario.of("every token refused: one refresh, one replay, the app's 401")
            .agent(REFUSED)
            .server(site -> site.genesys().refuseAllTokens())
            .call(site -> get(site.genesys().http(ME)) + STALE)
            .sees(AS_WITHOUT_AGENT)
            .counts(2, 1)
            // a JVM of its own for each
            .only(Scenarios::isAtAnEnd));
    for (String method : List.of("GET", "POST\tbody=65536")) {
      rows.add(
          Scenario.of(
                  "expired, and no token to be had, "
                      + method.split("\t", -1)[0]
                      + ": the app's 401 byte for byte")
              .agent(NO_TOKEN)
              .server(
                  site -> {
                    site.genesys().kill();
                    site.genesys().tokenEndpointSays(Answer.of(500, "boom"));
                  })
              .call(site -> "method=" + method + "\turl=" + site.genesys().http(ME) + STALE)
              .sees(AS_WITHOUT_AGENT)
              .counts(1, 1)
              .only((client, jdk) -> !client.isLibrary() || isAtAnEnd(client, jdk)));
      rows.add(
          Scenario.of(
                  "no token to be had, "
                      + method.split("\t", -1)[0]
                      + ": as the app has written it")
              .agent(NEVER_A_TOKEN)
              .call(site -> "method=" + method + "\turl=" + site.genesys().http(ME) + STALE)
              .sees(AS_WITHOUT_AGENT)
              .only((client, jdk) -> !client.isLibrary() || isAtAnEnd(client, jdk))
              .check(
                  run ->
                      assertThat(run.hits())
                          .extracting(FakeGenesys.Hit::authorization)
                          .containsExactly("Bearer stale")));
    }
  }

  private static void bodies(List<Scenario> rows) {
    for (String method : List.of("POST", "PUT", "PATCH", "DELETE")) {
      for (int size : new int[] {0, 1, 65536}) {
        rows.add(
            Scenario.of("expired, " + method + " with " + size + " bytes")
                .expired()
                .call(
                    site ->
                        "method="
                            + method
                            + "\turl="
                            + site.genesys().http("/api/v2/things")
                            + STALE
                            + "\tbody="
                            + size)
                .only((client, jdk) -> client.canPatch() || !method.equals("PATCH"))
                .check(Scenarios::bodiesAsSent));
      }
    }
    rows.add(
        Scenario.of("expired, DELETE without a body")
            .expired()
            .call(site -> "method=DELETE\turl=" + site.genesys().http("/api/v2/things/1") + STALE));
    for (String method : List.of("GET", "POST")) {
      rows.add(
          Scenario.of("https, expired, " + method)
              .expired()
              .call(
                  site ->
                      "method="
                          + method
                          + "\turl="
                          + site.genesys().https("/api/v2/things")
                          + STALE
                          + (method.equals("POST") ? "\tbody=65536" : ""))
              .check(Scenarios::bodiesAsSent));
    }
    for (String streaming : List.of("fixed", "chunked")) {
      rows.add(
          Scenario.of("live token, POST in streaming mode " + streaming)
              .call(
                  site ->
                      "method=POST\tstreaming="
                          + streaming
                          + "\turl="
                          + site.genesys().http("/api/v2/things")
                          + STALE
                          + "\tbody=65536")
              .only((client, jdk) -> client == Client.URL_CONNECTION)
              .check(Scenarios::bodiesAsSent));
    }
  }

  private static void accessors(List<Scenario> rows) {
    for (String mode :
        List.of("connect", "header", "stream", "error", "disconnect", "disconnect-later")) {
      for (String scheme : List.of("http", "https")) {
        rows.add(
            Scenario.of("expired, " + scheme + ", GET, first look: " + mode)
                .expired()
                .call(site -> get(url(site, scheme)) + STALE + "\tmode=" + mode)
                .only((client, jdk) -> client == Client.URL_CONNECTION));
      }
    }
    rows.add(
        Scenario.of("expired, POST, connect() first")
            .expired()
            .call(
                site ->
                    "method=POST\tmode=connect\turl="
                        + site.genesys().http(ME)
                        + STALE
                        + "\tbody=1000")
            .only((client, jdk) -> client == Client.URL_CONNECTION)
            .check(Scenarios::bodiesAsSent));
  }

  /** An executor of the app's that would deadlock if anything of ours waited on it. */
  private static void executors(List<Scenario> rows) {
    for (String executor : List.of("single", "same")) {
      for (String handler : List.of("bytes", "stream")) {
        String fields = "\texecutor=" + executor + "\thandler=" + handler + STALE;
        rows.add(
            Scenario.of("expired, executor " + executor + ", body handler " + handler)
                .expired()
                .call(site -> get(site.genesys().http(ME)) + fields)
                .only((client, jdk) -> client.isJavaNetHttp()));
        rows.add(
            Scenario.of("401 passed on, executor " + executor + ", body handler " + handler)
                .call(site -> get(site.genesys().http("/sized/9000")) + fields)
                .sees(AS_WITHOUT_AGENT)
                .only((client, jdk) -> client.isJavaNetHttp()));
      }
    }
  }

  /** What apps and libraries extend themselves. */
  private static void subclasses(List<Scenario> rows) {
    for (String own : List.of("client", "request")) {
      rows.add(
          Scenario.of(
                  "expired, a subclass of Http"
                      + (own.equals("client") ? "Client" : "Request")
                      + " of the app's that delegates")
              .expired()
              .call(
                  site ->
                      "method=POST\tbody=1000\town="
                          + own
                          + "\turl="
                          + site.genesys().http(ME)
                          + STALE)
              .only((client, jdk) -> client.isJavaNetHttp())
              .check(Scenarios::bodiesAsSent));
    }
  }

  private static void leftAlone(List<Scenario> rows) {
    String own = FakeGenesys.basic("app", "own");
    rows.add(
        Scenario.of("app's own Basic: left alone")
            .call(site -> get(site.genesys().http("/open/x")) + "\theader=Authorization: " + own)
            .sees(AS_WITHOUT_AGENT)
            .check(
                run ->
                    assertThat(run.hits())
                        .extracting(FakeGenesys.Hit::authorization)
                        .containsOnly(own)));
    rows.add(
        Scenario.of("app's own Basic, 401 expired: passed on")
            .call(site -> get(site.genesys().http(ME)) + "\theader=Authorization: " + own)
            .sees(AS_WITHOUT_AGENT));
    rows.add(
        Scenario.of("app's own call of the token endpoint: left alone")
            .call(
                site ->
                    "method=POST\turl="
                        + site.genesys().http("/oauth/token")
                        + "\ttext=grant_type=client_credentials"
                        + "\theader=Content-Type: application/x-www-form-urlencoded")
            .sees(AS_WITHOUT_AGENT)
            .counts(0, 1)
            .check(
                run ->
                    assertThat(run.site().genesys().tokenCalls())
                        .extracting(FakeGenesys.TokenCall::authorization)
                        .containsOnlyNulls()));
    for (String name : Answers.cannedNames()) {
      for (String method : List.of("GET", "POST")) {
        rows.add(
            Scenario.of(name + ", " + method + ": byte for byte")
                .call(
                    site ->
                        "method="
                            + method
                            + "\turl="
                            + site.genesys().http("/canned/" + name)
                            + STALE
                            + (method.equals("POST") ? "\tbody=100" : ""))
                .sees(AS_WITHOUT_AGENT));
      }
      rows.add(
          Scenario.of(name + ", stream first: byte for byte")
              .call(site -> get(site.genesys().https("/canned/" + name)) + STALE + "\tmode=stream")
              .sees(AS_WITHOUT_AGENT)
              .only((client, jdk) -> client == Client.URL_CONNECTION));
    }
  }

  private static void redirects(List<Scenario> rows) {
    rows.add(
        Scenario.of("redirect on the same host: token on both hops")
            .call(site -> get(redirect(site.genesys().http(ME), site)))
            .sees(SUCCESS)
            .counts(2, 0)
            .check(Scenarios::everyHitHasAToken));
    rows.add(
        Scenario.of("redirect to another port: no token there")
            .call(site -> get(redirect(site.elsewhere().http("/open/x"), site)))
            .sees(SUCCESS)
            .check(Scenarios::nothingElsewhere));
    rows.add(
        Scenario.of("redirect to another host: no token there")
            .call(
                site ->
                    get(redirect("http://localhost:" + site.genesys().port() + "/open/x", site)))
            .sees(SUCCESS)
            .counts(2, 0)
            .check(
                run ->
                    assertThat(run.hits())
                        .filteredOn(hit -> hit.path().equals("/open/x"))
                        .hasSize(1)
                        .allMatch(hit -> !hasToken(hit))));
    rows.add(
        Scenario.of("redirect to another scheme: no token there")
            .call(site -> get(redirect(site.elsewhere().https("/open/x"), site)))
            .sees(SUCCESS)
            // HttpURLConnection does not follow from http to https
            .only((client, jdk) -> client != Client.URL_CONNECTION)
            .check(Scenarios::nothingElsewhere));
    rows.add(
        Scenario.of("redirect from https to http of another port: no token there")
            .call(
                site ->
                    get(
                        site.genesys()
                            .https("/redirect/302?to=" + site.elsewhere().http("/open/x"))))
            // not all follow it, and AsyncHttpClient 3 fails, sooner or later, from HTTP/2
            .sees(AS_WITHOUT_AGENT)
            .only((client, jdk) -> client != Client.AHC_3)
            .check(
                run ->
                    assertThat(run.site().elsewhere().hits())
                        .hasSizeLessThan(2)
                        .noneMatch(Scenarios::hasToken)));
    rows.add(
        Scenario.of("redirect away and back: token on our hops only")
            .call(
                site ->
                    get(
                        redirect(
                            site.elsewhere().http("/redirect/302?to=" + site.genesys().http(ME)),
                            site)))
            .sees(SUCCESS)
            .counts(2, 0)
            .check(Scenarios::nothingElsewhere));
    rows.add(
        Scenario.of("stale bearer, redirect to another port: no token there")
            .call(site -> get(redirect(site.elsewhere().http("/open/x"), site)) + STALE)
            .sees(SUCCESS)
            // which does not take an Authorization to another host
            .only((client, jdk) -> !client.keepsCredentialsAtHome())
            .check(Scenarios::nothingElsewhere));
    rows.add(
        Scenario.of("stale bearer, redirect to another port: as without the agent")
            .call(site -> get(redirect(site.elsewhere().http("/open/x"), site)) + STALE)
            .sees(AS_WITHOUT_AGENT)
            .only((client, jdk) -> client.keepsCredentialsAtHome()));
    rows.add(
        Scenario.of("redirect policy NORMAL, from https to http: as without the agent")
            .call(
                site ->
                    get(
                            site.genesys()
                                .https("/redirect/302?to=" + site.elsewhere().http("/open/x")))
                        + "\tredirect=normal")
            .only((client, jdk) -> !client.isLibrary())
            .sees(AS_WITHOUT_AGENT));
    rows.add(
        Scenario.of("expired, behind a redirect on the same host")
            .expired()
            .counts(4, 1)
            .onAnyConnection()
            .call(site -> get(redirect(site.genesys().http(ME), site)))
            .sees(SUCCESS)
            .only((client, jdk) -> client.isJavaNetHttp()));
    rows.add(
        Scenario.of("expired, behind a redirect on the same host: only that hop again")
            .expired()
            .counts(3, 1)
            .onAnyConnection()
            .call(site -> get(redirect(site.genesys().http(ME), site)))
            .sees(SUCCESS)
            .only((client, jdk) -> !client.isJavaNetHttp()));
    for (String method : List.of("GET", "POST\tbody=1000")) {
      rows.add(
          Scenario.of(
                  "expired on the first hop, "
                      + method.split("\t", -1)[0]
                      + ", then a redirect: followed")
              .expired()
              .counts(3, 1)
              .call(
                  site ->
                      "method="
                          + method
                          + "\turl="
                          + redirectLive(site.genesys().http(ME), site)
                          + STALE)
              // HttpURLConnection forgets the app's own headers when it makes a GET of a POST
              .sees(SUCCESS)
              .onAnyConnection());
      rows.add(
          Scenario.of(
                  "expired on the first hop, "
                      + method.split("\t", -1)[0]
                      + ", then a redirect that is not to be followed")
              .expired()
              .call(
                  site ->
                      "method="
                          + method
                          + "\tredirect=off\turl="
                          + redirectLive(site.genesys().http(ME), site)
                          + STALE));
    }
    rows.add(
        Scenario.of(
                "expired on the second hop, with redirects not followed: the redirect is the"
                    + " answer")
            .expired()
            .counts(1, 0)
            .call(site -> get(redirect(site.genesys().http(ME), site)) + STALE + "\tredirect=off"));
    rows.add(
        Scenario.of("stale bearer, redirects not followed: as without the agent")
            .call(
                site ->
                    get(redirect(site.elsewhere().http("/open/x"), site))
                        + STALE
                        + "\tredirect=off")
            .sees(AS_WITHOUT_AGENT));
  }

  private static void proxies(List<Scenario> rows) {
    rows.add(
        Scenario.of("CONNECT through a proxy: no token in it")
            .call(site -> get(site.genesys().https(ME)) + STALE + "\tproxy=" + site.proxy().port())
            .only((client, jdk) -> client.hasProxies())
            .check(
                run -> {
                  everyHitHasAToken(run);
                  assertThat(run.site().proxy().heads())
                      .isNotEmpty()
                      .allMatch(head -> head.startsWith("CONNECT "))
                      .noneMatch(head -> head.contains(TOKEN_MARK));
                }));
    rows.add(
        Scenario.of("expired, through a proxy")
            .expired()
            .call(site -> get(site.genesys().https(ME)) + STALE + "\tproxy=" + site.proxy().port())
            .only((client, jdk) -> client.hasProxies()));
  }

  private static void otherSettings(List<Scenario> rows) {
    rows.add(
        Scenario.of("inject=bearer-only, no Authorization: left alone")
            .agent(BEARER_ONLY)
            .call(site -> get(site.genesys().http("/open/x")))
            .sees(AS_WITHOUT_AGENT)
            .check(Scenarios::noHitHasAToken));
    rows.add(
        Scenario.of("inject=bearer-only, stale bearer: replaced")
            .agent(BEARER_ONLY)
            .call(site -> get(site.genesys().http(ME)) + STALE)
            .check(Scenarios::everyHitHasAToken));
    rows.add(
        Scenario.of("inject=bearer-only, expired")
            .agent(BEARER_ONLY)
            .expired()
            .call(site -> get(site.genesys().http(ME)) + STALE));
    rows.add(
        Scenario.of("inject=on-401, not refused: left alone")
            .agent(ON_401)
            .call(site -> get(site.genesys().http("/open/x")) + neverSeen())
            .sees(AS_WITHOUT_AGENT)
            .check(Scenarios::noHitHasAToken));
    rows.add(
        Scenario.of("inject=on-401, the app's token refused: replay with the live one")
            .agent(ON_401)
            .call(site -> get(site.genesys().http(ME)) + neverSeen())
            .sees(SUCCESS)
            .counts(2, 0));
    rows.add(
        Scenario.of("inject=on-401, the app's token refused before: replaced at once")
            .agent(ON_401)
            .call(site -> get(site.genesys().http(ME)) + STALE)
            .check(Scenarios::everyHitHasAToken));
    rows.add(
        Scenario.of("refresh token, rotating, secret in the form, tutorial's URL")
            .agent(TUTORIAL)
            .expired()
            .call(site -> get(site.genesys().http(ME)) + STALE)
            .check(
                run ->
                    assertThat(run.site().genesys().tokenCalls())
                        .allSatisfy(
                            call -> {
                              assertThat(call.path()).isEqualTo("/api/v2/oauth/token");
                              assertThat(call.authorization()).isNull();
                              assertThat(call.form()).containsEntry("grant_type", "refresh_token");
                            })));
  }

  /**
   * Whether it is the oldest or the newest JDK of a client: for rows that take long, and that are
   * not about the JDK.
   */
  static boolean isAtAnEnd(Client client, Jdks.Jdk jdk) {
    return jdk.release() == 25 || jdk.release() == client.since();
  }

  private static void everyHitHasAToken(Run run) {
    assertThat(run.hits()).isNotEmpty().allMatch(Scenarios::hasToken);
  }

  private static void noHitHasAToken(Run run) {
    assertThat(run.hits()).isNotEmpty().noneMatch(Scenarios::hasToken);
  }

  private static void nothingElsewhere(Run run) {
    assertThat(run.site().elsewhere().hits()).isNotEmpty().noneMatch(Scenarios::hasToken);
  }

  /** Each hit has the body of one of the calls, all of which send the same. */
  static void bodiesAsSent(Run run) {
    String sent = run.outcomes().get(0).get(0).replace("sent: ", "");
    assertThat(run.hits()).isNotEmpty().extracting(FakeGenesys.Hit::bodySha256).containsOnly(sent);
  }

  private static boolean hasToken(FakeGenesys.Hit hit) {
    return hit.authorization() != null && hit.authorization().startsWith("Bearer " + TOKEN_MARK);
  }

  /** A bearer token of the app's own that was not refused yet. */
  private static String neverSeen() {
    return "\theader=Authorization: Bearer own-" + UUID.randomUUID();
  }

  private static String get(String url) {
    return "method=GET\turl=" + url;
  }

  private static String url(Site site, String scheme) {
    return scheme.equals("http") ? site.genesys().http(ME) : site.genesys().https(ME);
  }

  /** One that only a live token gets. */
  private static String redirectLive(String to, Site site) {
    return site.genesys().http("/redirect-live/302?to=" + to);
  }

  private static String redirect(String to, Site site) {
    return site.genesys().http("/redirect/302?to=" + to);
  }
}

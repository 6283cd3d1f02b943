package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Secrets in files, under a running app. */
@DisabledOnOs(OS.WINDOWS)
class SecretsIT {
  @TestFactory
  Stream<DynamicNode> secrets() {
    return Matrix.onEveryJdk(jdk -> Stream.concat(diagnostics(jdk), files(jdk)));
  }

  private static Stream<DynamicTest> files(Jdks.Jdk jdk) {
    return Stream.of(
        dynamicTest(
            name(jdk, "a wrong secret that is replaced in its file works without a restart"),
            () -> replaced(jdk)),
        dynamicTest(
            name(jdk, "a secret that everybody can read: one line, the app runs"),
            () -> readable(jdk)),
        dynamicTest(
            name(jdk, "a rotated refresh token is written for its owner"), () -> rotated(jdk)));
  }

  /** On 17 and the newest only: how JFR and JMX tell things changes little in between. */
  private static Stream<DynamicTest> diagnostics(Jdks.Jdk jdk) {
    boolean asked = jdk.release() == 17 || jdk.release() == Jdks.WANTED.get(Jdks.WANTED.size() - 1);
    return !asked
        ? Stream.empty()
        : Stream.of(
            dynamicTest(name(jdk, "TRACE logs, JFR and JMX hold no secret"), () -> untold(jdk)));
  }

  private static String name(Jdks.Jdk jdk, String scenario) {
    return Matrix.name(jdk, ResultTable.ALL_CLIENTS, scenario);
  }

  private static void replaced(Jdks.Jdk jdk) throws IOException {
    Path file = file("wrong", "rw-------");
    try (FakeGenesys genesys = new FakeGenesys();
        ForkedApp app = start(jdk, genesys, file)) {
      // given an app whose calls are refused
      assertThat(app.run(call(genesys))).contains("code: 401");

      // when
      Files.writeString(file, FakeGenesys.CLIENT_SECRET);

      // then, long before the next probe after a minute
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
      List<String> seen = app.run(call(genesys));
      while (!seen.contains("code: 200") && System.nanoTime() - end < 0) {
        seen = app.run(call(genesys));
      }
      assertThat(seen).contains("code: 200");
      assertThat(genesys.tokenCalls()).hasSize(2);
      assertThat(app.finish()).isZero();
      assertThat(app.stderr()).hasSize(2);
      assertThat(app.stderr().get(0)).contains("invalid_client");
      assertThat(app.stderr().get(1)).contains("grants tokens again");
      assertThat(app.everything()).doesNotContain(FakeGenesys.CLIENT_SECRET);
    }
  }

  private static void readable(Jdks.Jdk jdk) throws IOException {
    Path file = file(FakeGenesys.CLIENT_SECRET, "rw-r--r--");
    try (FakeGenesys genesys = new FakeGenesys();
        ForkedApp app = start(jdk, genesys, file)) {
      // when
      List<String> seen = app.run(call(genesys));

      // then
      assertThat(seen).contains("code: 401");
      assertThat(genesys.tokenCalls()).isEmpty();
      assertThat(app.finish()).isZero();
      assertThat(app.stderr()).hasSize(1);
      assertThat(app.stderr().get(0))
          // a long path is cut
          .contains("client-secret-file=", "chmod o-r", "allow-readable-secrets");
    }
  }

  private static void rotated(Jdks.Jdk jdk) throws IOException {
    try (FakeGenesys genesys = new FakeGenesys()) {
      Path file = file(genesys.refreshToken(), "rw-r-----");
      AgentSettings settings =
          AgentSettings.tutorial(genesys)
              .without("refresh-token")
              .with("refresh-token-file", file.toString());
      try (ForkedApp app = ForkedApp.Launch.on(jdk).withAgent(settings.asArgument()).start()) {
        // when
        assertThat(app.run(call(genesys))).contains("code: 200");

        // then
        assertThat(file).hasContent(genesys.refreshToken());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo("rw-------");
        assertThat(app.finish()).isZero();
        assertThat(app.stderr()).isEmpty();
      }
    }
  }

  private static void untold(Jdks.Jdk jdk) throws Exception {
    Path recording = ForkedApp.target("secrets-" + jdk.release() + ".jfr");
    String canary = "seen-wherever-it-is-looked";
    String basic = FakeGenesys.basic(FakeGenesys.CLIENT_ID, FakeGenesys.CLIENT_SECRET);
    String[] secrets = {
      FakeGenesys.TOKEN_MARK,
      FakeGenesys.REFRESH_MARK,
      FakeGenesys.CLIENT_SECRET,
      basic.substring("Basic ".length())
    };
    try (FakeGenesys genesys = new FakeGenesys()) {
      AgentSettings settings =
          AgentSettings.tutorial(genesys)
              .without("refresh-token")
              .without("client-secret")
              .with("client-auth", "basic")
              .with("client-secret-file", file(FakeGenesys.CLIENT_SECRET, "rw-------").toString())
              .with("refresh-token-file", file(genesys.refreshToken(), "rw-------").toString())
              .with("log-level", "trace");
      try (ForkedApp app =
          ForkedApp.Launch.on(jdk)
              .with(
                  "-Dcanary=" + canary,
                  "-XX:StartFlightRecording:settings=profile,filename="
                      + recording
                      // with their messages
                      + ",jdk.JavaExceptionThrow#enabled=true"
                      + ",jdk.SocketRead#threshold=0ms,jdk.SocketWrite#threshold=0ms"
                      + ",jdk.FileRead#threshold=0ms,jdk.FileWrite#threshold=0ms")
              .withAgent(settings.asArgument())
              .start()) {
        // given an app whose token was renewed, and then could not be
        for (Client client : List.of(Client.URL_CONNECTION, Client.SEND_1)) {
          genesys.kill();
          assertThat(app.run(call(client, genesys))).contains("code: 200");
        }
        genesys.tokenEndpointSays(
            FakeGenesys.Answer.of(200, "{\"access_token\":\"" + FakeGenesys.TOKEN_MARK + "\\n\"}"));
        genesys.kill();
        assertThat(app.run(call(Client.URL_CONNECTION, genesys))).contains("code: 401");
        assertThat(genesys.tokenCalls()).hasSize(3);

        // when
        String managed = String.join("\n", app.run("management"));

        // then
        assertThat(managed).contains(canary, "threadPrint").doesNotContain(secrets);
        assertThat(app.finish()).isZero();
        assertThat(String.join("\n", app.stderr())).contains("Asking", "has characters");
        assertThat(app.everything()).doesNotContain(secrets);
      }
    }
    // JFR writes ASCII as it is, or each character as a number of one byte
    assertThat(Files.readString(recording, StandardCharsets.ISO_8859_1))
        .contains(canary)
        .doesNotContain(secrets);
    assertThat(printed(jdk, recording))
        .contains(canary, "jdk.JavaExceptionThrow", "jdk.SocketWrite")
        .doesNotContain(secrets);
  }

  private static String printed(Jdks.Jdk jdk, Path recording) throws Exception {
    Process jfr =
        new ProcessBuilder(
                jdk.home().resolve("bin").resolve("jfr").toString(), "print", recording.toString())
            .redirectErrorStream(true)
            .start();
    String text = new String(jfr.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(jfr.waitFor()).isZero();
    return text;
  }

  private static ForkedApp start(Jdks.Jdk jdk, FakeGenesys genesys, Path secret) {
    return ForkedApp.Launch.on(jdk)
        .withAgent(
            AgentSettings.clientCredentials(genesys)
                .without("client-secret")
                .with("client-secret-file", secret.toString())
                .asArgument())
        .start();
  }

  private static Path file(String content, String rights) throws IOException {
    Path directory = Files.createDirectories(ForkedApp.target("secrets"));
    Path file = Files.writeString(directory.resolve(UUID.randomUUID().toString()), content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
  }

  private static String call(FakeGenesys genesys) {
    return call(Client.URL_CONNECTION, genesys);
  }

  private static String call(Client client, FakeGenesys genesys) {
    return "call\t"
        + client.field()
        + "\turl="
        + genesys.http("/api/v2/users/me")
        + "\theader=Authorization: Bearer stale";
  }
}

package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Secrets in files, under a running app. */
@DisabledOnOs(OS.WINDOWS)
class SecretsIT {
  @TestFactory
  Stream<DynamicNode> secrets() {
    return Matrix.onEveryJdk(
        jdk ->
            Stream.of(
                dynamicTest(
                    name(
                        jdk, "a wrong secret that is replaced in its file works without a restart"),
                    () -> replaced(jdk)),
                dynamicTest(
                    name(jdk, "a secret that everybody can read: one line, the app runs"),
                    () -> readable(jdk)),
                dynamicTest(
                    name(jdk, "a rotated refresh token is written for its owner"),
                    () -> rotated(jdk))));
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
    return "call\t"
        + Client.URL_CONNECTION.field()
        + "\turl="
        + genesys.http("/api/v2/users/me")
        + "\theader=Authorization: Bearer stale";
  }
}

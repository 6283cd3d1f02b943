package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/** {@code java -jar genesys-token-agent.jar}: the reference and the version, on every JDK. */
class CommandLineIT {
  private static final List<String> KEYS =
      List.of(
          "enabled",
          "region",
          "hosts",
          "token-url",
          "grant",
          "client-id",
          "client-secret",
          "client-secret-file",
          "client-auth",
          "refresh-token",
          "refresh-token-file",
          "allow-readable-secrets",
          "access-token",
          "expired-codes",
          "inject",
          "replay-body-limit",
          "wait",
          "refresh-ahead",
          "token-proxy",
          "token-no-proxy",
          "token-trust-store",
          "token-trust-store-password",
          "token-key-store",
          "token-key-store-password",
          "token-key-store-password-file",
          "connect-timeout",
          "read-timeout",
          "log-level",
          "log-file");

  private record Result(int exitCode, String output) {}

  @TestFactory
  Stream<DynamicNode> commands() {
    return Matrix.onEveryJdk(
        jdk ->
            Stream.of(
                Matrix.ofAllClients(
                    jdk,
                    "--help names every key",
                    () -> {
                      Result result = run(jdk, "--help");
                      assertThat(result.exitCode()).isZero();
                      assertThat(result.output()).contains(KEYS);
                    }),
                Matrix.ofAllClients(
                    jdk,
                    "--version says the version",
                    () -> {
                      Result result = run(jdk, "--version");
                      assertThat(result.exitCode()).isZero();
                      assertThat(result.output()).containsPattern("\\d+\\.\\d+\\.\\d+");
                    }),
                Matrix.ofAllClients(
                    jdk,
                    "an unknown option is an error",
                    () -> {
                      Result result = run(jdk, "--nonsense");
                      assertThat(result.exitCode()).isNotZero();
                      assertThat(result.output()).contains("--nonsense");
                    })));
  }

  private static Result run(Jdks.Jdk jdk, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(jdk.java().toString());
    command.add("-jar");
    command.add(ForkedApp.agentJar().toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    ForkedApp.clear(builder.environment());
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      return new Result(process.exitValue(), output);
    } finally {
      process.destroyForcibly();
    }
  }
}

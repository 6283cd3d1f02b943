package org.genesystoken.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Keys and values for the agent, handed over as a properties file. Immutable. */
record AgentSettings(Map<String, String> values) {
  /** Client credentials against that server, tokens from its login URL. */
  static AgentSettings clientCredentials(FakeGenesys server) {
    return new AgentSettings(Map.of())
        .with("hosts", server.hosts())
        .with("token-url", server.http("/oauth/token"))
        .with("client-id", FakeGenesys.CLIENT_ID)
        .with("client-secret", FakeGenesys.CLIENT_SECRET);
  }

  /** As the tutorial does it: refresh token, secret in the form, token URL on the API's host. */
  static AgentSettings tutorial(FakeGenesys server) {
    return new AgentSettings(Map.of())
        .with("hosts", "127.0.0.1:" + server.port())
        .with("client-id", FakeGenesys.CLIENT_ID)
        .with("client-secret", FakeGenesys.CLIENT_SECRET)
        .with("client-auth", "body")
        .with("refresh-token", server.refreshToken());
  }

  AgentSettings with(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(values);
    more.put(key, value);
    return new AgentSettings(more);
  }

  AgentSettings without(String key) {
    Map<String, String> fewer = new LinkedHashMap<>(values);
    fewer.remove(key);
    return new AgentSettings(fewer);
  }

  /** The agent's argument: {@code config=} and a file of its own. */
  String asArgument() {
    return "config=" + asFile();
  }

  Path asFile() {
    try {
      Path dir = Files.createDirectories(ForkedApp.target("agent-settings"));
      StringBuilder text = new StringBuilder();
      values.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
      Path file = Files.writeString(dir.resolve(UUID.randomUUID() + ".properties"), text);
      onlyForOwner(file);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As a file that holds a secret has to be. */
  static void onlyForOwner(Path file) {
    try {
      if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

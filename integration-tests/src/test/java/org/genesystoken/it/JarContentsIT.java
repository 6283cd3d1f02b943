package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** The jar holds what it may hold, and nothing else that an app's class path could see. */
class JarContentsIT {
  /** Major version of Java 8 class files. */
  private static final int JAVA_8 = 52;

  /** The system class loader sees premain; everything else is opaque to it. */
  private static final List<String> ALLOWED =
      List.of(
          "META-INF/MANIFEST\\.MF",
          "META-INF/(licenses/.*/)?(LICENSE|NOTICE)[^/]*",
          "org/genesystoken/agent/premain/GenesysTokenAgent\\.class",
          "genesys-token-agent/[^/]+\\.pack",
          ".*/");

  @Test
  void holdsNothingButPremainAndOpaqueResources() throws IOException {
    try (JarFile jar = new JarFile(ForkedApp.agentJar().toFile())) {
      assertThat(Collections.list(jar.entries()))
          .extracting(JarEntry::getName)
          .allMatch(
              name -> ALLOWED.stream().anyMatch(name::matches), "is on the list of this test");
    }
  }

  @Test
  void holdsTheLicencesOfAllThatIsInIt() throws IOException {
    try (JarFile jar = new JarFile(ForkedApp.agentJar().toFile())) {
      assertThat(Collections.list(jar.entries()))
          .extracting(JarEntry::getName)
          .contains("META-INF/LICENSE")
          .filteredOn(name -> name.matches("META-INF/licenses/.*/LICENSE[^/]*"))
          .extracting(name -> name.replaceFirst("META-INF/licenses/(.*)/.*", "$1"))
          .containsExactlyInAnyOrder("byte-buddy", "jackson-core", "slf4j-api", "picocli");
    }
  }

  @Test
  void theVisibleClassRunsOnJava8() throws IOException {
    try (JarFile jar = new JarFile(ForkedApp.agentJar().toFile())) {
      List<Integer> versions = new ArrayList<>();
      for (JarEntry entry : Collections.list(jar.entries())) {
        if (entry.getName().endsWith(".class")) {
          versions.add(major(jar, entry));
        }
      }
      assertThat(versions).containsExactly(JAVA_8);
    }
  }

  @Test
  void manifestNamesTheAgentAndTheCommandLine() throws IOException {
    try (JarFile jar = new JarFile(ForkedApp.agentJar().toFile())) {
      Attributes manifest = jar.getManifest().getMainAttributes();
      assertThat(manifest.getValue("Premain-Class")).startsWith("org.genesystoken.agent.premain.");
      assertThat(manifest.getValue("Main-Class")).startsWith("org.genesystoken.agent.premain.");
      assertThat(manifest.getValue("Class-Path")).isNull();
    }
  }

  private static int major(JarFile jar, JarEntry entry) throws IOException {
    try (DataInputStream in = new DataInputStream(jar.getInputStream(entry))) {
      in.readInt();
      in.readUnsignedShort();
      return in.readUnsignedShort();
    }
  }
}

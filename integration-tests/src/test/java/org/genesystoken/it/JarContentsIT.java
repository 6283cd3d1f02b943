package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** The jar holds what it may hold, and nothing else that an app's class path could see. */
class JarContentsIT {
  /** Major version of Java 8 class files. */
  private static final int JAVA_8 = 52;

  /**
   * The system class loader sees premain and the bridge that it appends on Java 8; everything else
   * is opaque to it.
   */
  private static final List<String> ALLOWED =
      List.of(
          "META-INF/MANIFEST\\.MF",
          "META-INF/(licenses/.*/)?(LICENSE|NOTICE)[^/]*",
          "(LICENSE|NOTICE)[^/]*",
          "org/genesystoken/agent/premain/[^/]+\\.class",
          "genesys-token-agent/[^/]+\\.(pack|jar)",
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
  void visibleClassesRunOnJava8() throws IOException {
    try (JarFile jar = new JarFile(ForkedApp.agentJar().toFile())) {
      Map<String, Integer> newer = new LinkedHashMap<>();
      int classes = 0;
      for (JarEntry entry : Collections.list(jar.entries())) {
        if (entry.getName().endsWith(".class")) {
          classes++;
          int major = major(jar, entry);
          if (major > JAVA_8) {
            newer.put(entry.getName(), major);
          }
        }
      }
      assertThat(classes).as("visible classes").isBetween(1, 30);
      // only the helper that speaks to the module system, which Java 8 never loads
      assertThat(newer).hasSizeLessThanOrEqualTo(1);
      assertThat(newer.values()).allMatch(major -> major == 53);
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

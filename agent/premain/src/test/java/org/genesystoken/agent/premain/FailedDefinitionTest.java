package org.genesystoken.agent.premain;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataOutputStream;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailedDefinitionTest {
  private static final String NAME = "org.genesystoken.agent.Packed";

  @TempDir File folder;

  @Test
  void a_class_that_could_not_be_defined_is_found_again() throws Exception {
    // given a class that the JVM refuses, as it may for want of stack or memory
    GenesysTokenAgent loader = loader("no class file".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> loader.loadClass(NAME)).isInstanceOf(ClassFormatError.class);

    // when, then: it is looked for and found once more
    assertThatThrownBy(() -> loader.loadClass(NAME)).isInstanceOf(ClassFormatError.class);
  }

  private GenesysTokenAgent loader(byte[] classFile) throws IOException {
    File jar = new File(folder, "agent.jar");
    try (ZipOutputStream zip = new ZipOutputStream(new FileOutputStream(jar))) {
      zip.putNextEntry(new ZipEntry("genesys-token-agent/start.pack"));
      DataOutputStream out = new DataOutputStream(zip);
      out.writeInt(4 + 2 + NAME.length() + 4 + classFile.length);
      out.writeInt(1);
      out.writeUTF(NAME);
      out.writeInt(classFile.length);
      out.write(classFile);
      out.flush();
    }
    return new GenesysTokenAgent(jar, null);
  }
}

package org.genesystoken.agent.premain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IsolatedLoaderTest {
  private static final String NAME = IsolatedLoaderTest.class.getName() + "$Packed";
  private static final String ENTRY = NAME.replace('.', '/') + ".class";

  @TempDir File folder;

  /** What the pack holds. */
  static final class Packed {}

  @Test
  void a_class_that_could_not_be_defined_is_found_again() throws Exception {
    // given a class that the JVM refuses, as it may for want of stack or memory
    IsolatedLoader loader = loader("no class file".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> loader.loadClass(NAME)).isInstanceOf(ClassFormatError.class);

    // when, then: it is looked for and found once more
    assertThatThrownBy(() -> loader.loadClass(NAME)).isInstanceOf(ClassFormatError.class);
  }

  @Test
  void a_class_is_the_loaders_own() throws Exception {
    IsolatedLoader loader = loader(bytes(getClass().getClassLoader().getResourceAsStream(ENTRY)));

    Class<?> loaded = loader.loadClass(NAME);

    assertThat(loaded).isNotSameAs(Packed.class).isSameAs(loader.loadClass(NAME));
    assertThat(loaded.getClassLoader()).isSameAs(loader);
  }

  @Test
  void a_resource_can_be_read_again() throws Exception {
    IsolatedLoader loader = loader(new byte[] {1, 2, 3});

    assertThat(bytes(loader.getResourceAsStream(ENTRY))).containsExactly(1, 2, 3);
    assertThat(bytes(loader.getResourceAsStream(ENTRY))).containsExactly(1, 2, 3);
    assertThat(loader.getResourceAsStream("another")).isNull();
  }

  private IsolatedLoader loader(byte[] classFile) throws IOException {
    File jar = new File(folder, "agent.jar");
    try (ZipOutputStream zip = new ZipOutputStream(new FileOutputStream(jar))) {
      zip.putNextEntry(new ZipEntry("genesys-token-agent/agent.pack"));
      DataOutputStream out = new DataOutputStream(zip);
      out.writeInt(1);
      out.writeUTF(ENTRY);
      out.writeInt(classFile.length);
      out.write(classFile);
      out.flush();
    }
    return new IsolatedLoader(jar, null);
  }

  private static byte[] bytes(InputStream in) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[1000];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      out.write(buffer, 0, read);
    }
    in.close();
    return out.toByteArray();
  }
}

package org.genesystoken.agent.premain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loader over a little jar that is laid out like the agent's. */
class PacksTest {
  private static final String LOADER = GenesysTokenAgent.class.getName();
  private static final String HIDDEN = Hidden.class.getName();

  @TempDir Path directory;
  private URLClassLoader jar;

  @AfterEach
  void closeJar() throws IOException {
    jar.close();
  }

  @Test
  void aClassOfOursComesFromItsPackAlthoughTheClassPathHasItToo() throws Exception {
    // given
    ClassLoader loader = loader(packs("start", pack(HIDDEN, classFile(HIDDEN))));

    // when
    Class<?> loaded = loader.loadClass(HIDDEN);

    // then
    assertThat(loaded).isNotSameAs(Hidden.class);
    assertThat(loaded.getClassLoader()).isSameAs(loader);
    assertThat(loader.loadClass(HIDDEN)).isSameAs(loaded);
    assertThat(((Supplier<?>) loaded.getConstructor().newInstance()).get()).isEqualTo("hidden");
    assertThat(loaded.getProtectionDomain().getCodeSource().getLocation())
        .isEqualTo(jar.getURLs()[0]);
  }

  @Test
  void aClassOfOursThatIsInNoPackIsNotTakenFromTheClassPath() throws Exception {
    // given
    Map<String, byte[]> packs = new LinkedHashMap<>();
    packs.put("start", pack("unrelated", new byte[0]));
    packs.put("settings", pack("unrelated", new byte[0]));
    packs.put("agent", pack("unrelated", new byte[0]));
    packs.put("adapters", pack("unrelated", new byte[0]));
    ClassLoader loader = loader(packs);

    // when, then
    assertThatThrownBy(() -> loader.loadClass(HIDDEN))
        .isInstanceOf(ClassNotFoundException.class)
        .hasMessage(HIDDEN);
  }

  @Test
  void theSecondPackIsOpenedForWhatTheFirstLacks() throws Exception {
    // given: no class file at all, so the JVM says what it was given
    byte[] first = "first".getBytes(StandardCharsets.US_ASCII);
    byte[] second = "second".getBytes(StandardCharsets.US_ASCII);
    Map<String, byte[]> packs = new LinkedHashMap<>();
    packs.putAll(packs("weaver", pack("net.bytebuddy.First", first)));
    ClassLoader withoutSecond = loader(packs);

    // when, then
    assertThatThrownBy(() -> withoutSecond.loadClass("net.bytebuddy.First"))
        .isInstanceOf(ClassFormatError.class);
    assertThatThrownBy(() -> withoutSecond.loadClass("net.bytebuddy.Second"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bytebuddy pack");

    // and given
    jar.close();
    packs.putAll(packs("bytebuddy", pack("net.bytebuddy.Second", second)));
    ClassLoader withSecond = loader(packs);

    // when, then
    assertThatThrownBy(() -> withSecond.loadClass("net.bytebuddy.Second"))
        .isInstanceOf(ClassFormatError.class);
  }

  @Test
  void aClassThatCouldNotBeDefinedIsFoundAgain() throws Exception {
    // given a class that the JVM refuses, as it may for want of stack or memory
    byte[] refused = "no class file".getBytes(StandardCharsets.US_ASCII);
    ClassLoader loader = loader(packs("start", pack(HIDDEN, refused)));
    assertThatThrownBy(() -> loader.loadClass(HIDDEN)).isInstanceOf(ClassFormatError.class);

    // when, then: it is looked for and found once more
    assertThatThrownBy(() -> loader.loadClass(HIDDEN)).isInstanceOf(ClassFormatError.class);
  }

  @Test
  void aMissingPackIsNamedWithTheJar() throws Exception {
    // given
    ClassLoader loader = loader(Collections.emptyMap());

    // when, then
    assertThatThrownBy(() -> loader.loadClass("org.genesystoken.agent.clients.Installer"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("agent.jar")
        .hasMessageContaining("start pack")
        .hasMessageContaining("it is not there");
  }

  @Test
  void aPackThatBreaksOffIsNamedWithTheJar() throws Exception {
    // given
    byte[] whole = pack(HIDDEN, classFile(HIDDEN));
    ClassLoader loader = loader(packs("start", Arrays.copyOf(whole, whole.length - 1)));

    // when, then
    assertThatThrownBy(() -> loader.loadClass(HIDDEN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot read")
        .hasMessageContaining("agent.jar");
  }

  @Test
  void aDeflatedPackIsInflated() throws Exception {
    // given
    ClassLoader loader = loader(packs("start", deflated(pack(HIDDEN, classFile(HIDDEN)))));

    // when, then
    assertThat(loader.loadClass(HIDDEN).getClassLoader()).isSameAs(loader);
  }

  @Test
  void eachEntryOfAPackHasItsOwnBytes() throws Exception {
    // given
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("first.txt", "first".getBytes(StandardCharsets.US_ASCII));
    entries.put("empty.txt", new byte[0]);
    entries.put("a/last.txt", "the last".getBytes(StandardCharsets.US_ASCII));
    for (byte[] pack : new byte[][] {pack(entries), deflated(pack(entries))}) {
      ClassLoader loader = loader(packs("agent", pack));

      // when, then
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        assertThat(read(loader, entry.getKey()))
            .isEqualTo(new String(entry.getValue(), StandardCharsets.US_ASCII));
      }
      jar.close();
    }
  }

  @Test
  void withoutAParentTheJdksClassesAreThoseOfTheBootstrapLoader() throws Exception {
    // given a system class loader of the app's own that has no parent (java.system.class.loader)
    loader(packs("start", pack(HIDDEN, classFile(HIDDEN))));
    ClassLoader loader = new GenesysTokenAgent(null, directory.resolve("agent.jar").toFile(), null);

    // when
    Class<?> loaded = loader.loadClass(HIDDEN);

    // then
    assertThat(((Supplier<?>) loaded.getConstructor().newInstance()).get()).isEqualTo("hidden");
    assertThat(loader.loadClass("java.util.List")).isSameAs(java.util.List.class);
  }

  @Test
  void aDeflatedPackThatBreaksOffIsNamedWithTheJar() throws Exception {
    // given
    byte[] whole = deflated(pack(HIDDEN, classFile(HIDDEN)));
    ClassLoader loader = loader(packs("start", Arrays.copyOf(whole, whole.length / 2)));

    // when, then
    assertThatThrownBy(() -> loader.loadClass(HIDDEN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot read")
        .hasMessageContaining("agent.jar");
  }

  @Test
  void aPackWhoseLengthIsDamagedTakesNoMemory() throws Exception {
    // given
    byte[] pack = pack(HIDDEN, classFile(HIDDEN));
    for (int length : new int[] {0, 4}) {
      for (byte first : new byte[] {0x7f, -1}) {
        byte[] damaged = pack.clone();
        damaged[length] = first;
        ClassLoader loader = loader(packs("start", damaged));

        // when, then
        assertThatThrownBy(() -> loader.loadClass(HIDDEN))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("damaged");
        jar.close();
      }
    }
  }

  @Test
  void aPackWithMoreThanItsEntriesIsDamaged() throws Exception {
    // given
    byte[] whole = pack(HIDDEN, classFile(HIDDEN));
    byte[] pack = Arrays.copyOf(whole, whole.length + 1);
    pack[7]++;
    ClassLoader loader = loader(packs("start", pack));

    // when, then
    assertThatThrownBy(() -> loader.loadClass(HIDDEN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("damaged");
  }

  @Test
  void aPackWithAnEntryWhoseLengthIsDamagedTakesNoMemory() throws Exception {
    // given
    byte[] pack = pack(HIDDEN, classFile(HIDDEN));
    for (byte first : new byte[] {0x7f, -1}) {
      pack[4 + 4 + 2 + HIDDEN.length()] = first;
      ClassLoader loader = loader(packs("start", pack));

      // when, then
      assertThatThrownBy(() -> loader.loadClass(HIDDEN))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("damaged");
      jar.close();
    }
  }

  @Test
  void aClassFileOfOursIsAResourceToo() throws Exception {
    // given
    byte[] bytes = "bytes".getBytes(StandardCharsets.US_ASCII);
    ClassLoader loader = loader(packs("agent", pack("java.net.Bridge", bytes)));

    // when, then
    assertThat(read(loader, "java/net/Bridge.class")).isEqualTo("bytes");
  }

  @Test
  void theJdksClassesAreTheParentsAndTheAppsAreNotSeen() throws Exception {
    // given
    ClassLoader loader = loader(Collections.emptyMap());

    // when, then
    assertThat(loader.loadClass("java.util.List")).isSameAs(java.util.List.class);
    assertThatThrownBy(() -> loader.loadClass("org.junit.jupiter.api.Test"))
        .isInstanceOf(ClassNotFoundException.class);
    assertThat(loader.getParent()).isSameAs(ClassLoader.getSystemClassLoader().getParent());
  }

  @Test
  void aResourceOfOursIsReadAsOftenAsItIsAskedFor() throws Exception {
    // given
    byte[] version = "1.2.3".getBytes(StandardCharsets.US_ASCII);
    ClassLoader loader = loader(packs("agent", pack("version.txt", version)));

    // when
    String first = read(loader, "version.txt");
    String second = read(loader, "version.txt");

    // then
    assertThat(first).isEqualTo("1.2.3");
    assertThat(second).isEqualTo("1.2.3");
  }

  @Test
  void aResourceOfTheAppsOrTheJdksIsNotSeen() throws Exception {
    // given
    Map<String, byte[]> packs = new LinkedHashMap<>();
    packs.put("agent", pack("version.txt", new byte[0]));
    packs.put("adapters", pack("unrelated", new byte[0]));
    ClassLoader loader = loader(packs);

    // when, then
    assertThat(Hidden.class.getClassLoader().getResource(path(HIDDEN))).isNotNull();
    assertThat(loader.getResourceAsStream(path(HIDDEN))).isNull();
    assertThat(loader.getResourceAsStream("java/lang/Object.class")).isNull();
  }

  /** Opens the loader as the agent does: with the loader's own class in the jar. */
  private ClassLoader loader(Map<String, byte[]> packs) throws Exception {
    Path file = directory.resolve("agent.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(file))) {
      out.putNextEntry(new JarEntry(path(LOADER)));
      out.write(classFile(LOADER));
      for (Map.Entry<String, byte[]> pack : packs.entrySet()) {
        out.putNextEntry(new JarEntry("genesys-token-agent/" + pack.getKey() + ".pack"));
        out.write(pack.getValue());
      }
    }
    jar = new URLClassLoader(new URL[] {file.toUri().toURL()}, null);
    Method open = jar.loadClass(LOADER).getDeclaredMethod("open");
    open.setAccessible(true);
    return (ClassLoader) open.invoke(null);
  }

  private static Map<String, byte[]> packs(String name, byte[] pack) {
    return Collections.singletonMap(name, pack);
  }

  private static byte[] pack(String name, byte[] content) throws IOException {
    return pack(Collections.singletonMap(name, content));
  }

  private static byte[] pack(Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream names = new ByteArrayOutputStream();
    ByteArrayOutputStream contents = new ByteArrayOutputStream();
    DataOutputStream table = new DataOutputStream(names);
    for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
      table.writeUTF(entry.getKey());
      table.writeInt(entry.getValue().length);
      contents.write(entry.getValue());
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(names.size());
    out.writeInt(contents.size());
    names.writeTo(out);
    contents.writeTo(out);
    return bytes.toByteArray();
  }

  private static byte[] deflated(byte[] pack) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(pack, 0, 8);
    try (OutputStream deflater = new DeflaterOutputStream(bytes)) {
      deflater.write(pack, 8, pack.length - 8);
    }
    return bytes.toByteArray();
  }

  private static String path(String className) {
    return className.replace('.', '/') + ".class";
  }

  private static byte[] classFile(String className) throws IOException {
    try (InputStream in = PacksTest.class.getClassLoader().getResourceAsStream(path(className))) {
      return read(in);
    }
  }

  private static String read(ClassLoader loader, String resource) throws IOException {
    try (InputStream in = loader.getResourceAsStream(resource)) {
      return in == null ? null : new String(read(in), StandardCharsets.US_ASCII);
    }
  }

  private static byte[] read(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0; next = in.read()) {
      bytes.write(next);
    }
    return bytes.toByteArray();
  }
}

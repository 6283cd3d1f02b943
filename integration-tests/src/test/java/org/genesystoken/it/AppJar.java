package org.genesystoken.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;

/** A jar of an app in the making, from parts of the build output. One thread. */
final class AppJar implements AutoCloseable {
  private final JarOutputStream out;
  private final Set<String> folders = new HashSet<>();

  AppJar(Path file, Map<String, String> mainAttributes) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    mainAttributes.forEach(manifest.getMainAttributes()::putValue);
    out = new JarOutputStream(Files.newOutputStream(file), manifest);
  }

  /** All files of a folder of the build output. */
  void classes(String prefix, String folder) throws IOException {
    Path root = ForkedApp.target(folder);
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = root.relativize(file).toString().replace('\\', '/');
        entry(new JarEntry(prefix + name), Files.readAllBytes(file));
      }
    }
  }

  /** All classes of a jar, as the jar's own. */
  void classesOf(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      for (JarEntry entry : file.stream().filter(e -> e.getName().endsWith(".class")).toList()) {
        entry(new JarEntry(entry.getName()), file.getInputStream(entry).readAllBytes());
      }
    }
  }

  /** Jars within the jar, not compressed. */
  void jars(String prefix, List<Path> jars) throws IOException {
    for (Path jar : jars) {
      byte[] bytes = Files.readAllBytes(jar);
      CRC32 crc = new CRC32();
      crc.update(bytes);
      JarEntry entry = new JarEntry(prefix + jar.getFileName());
      entry.setMethod(ZipEntry.STORED);
      entry.setSize(bytes.length);
      entry.setCrc(crc.getValue());
      entry(entry, bytes);
    }
  }

  /** The jars in a folder of {@code libraries}, in order. */
  static List<Path> library(String folder) {
    try (Stream<Path> files = Files.list(ForkedApp.target("libraries").resolve(folder))) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  private void entry(JarEntry entry, byte[] bytes) throws IOException {
    for (int slash = entry.getName().indexOf('/');
        slash >= 0;
        slash = entry.getName().indexOf('/', slash + 1)) {
      String folder = entry.getName().substring(0, slash + 1);
      if (folders.add(folder)) {
        out.putNextEntry(new JarEntry(folder));
      }
    }
    out.putNextEntry(entry);
    out.write(bytes);
  }
}

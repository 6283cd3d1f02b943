package org.genesystoken.it;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The JDKs that the agent has to run on, as far as this machine has them: the build's own, then
 * {@code -Djdks=dir:dir} or else the usual folders. Immutable.
 */
final class Jdks {
  /** The releases that the product names. */
  static final List<Integer> WANTED = List.of(8, 11, 17, 21, 25);

  private static final Pattern VERSION =
      Pattern.compile("(?:JAVA_VERSION=|version )\"(?:1\\.)?(\\d+)");

  private Jdks() {}

  /** One Java run-time. */
  record Jdk(int release, Path home) {
    Path java() {
      return home.resolve("bin").resolve("java");
    }

    @Override
    public String toString() {
      return "JDK " + release;
    }
  }

  /** The JDK of each wanted release, if it was found; in order of release. */
  static SortedMap<Integer, Optional<Jdk>> all() {
    SortedMap<Integer, Optional<Jdk>> found = new TreeMap<>();
    WANTED.forEach(release -> found.put(release, Optional.empty()));
    for (Path home : candidates()) {
      release(home)
          .filter(WANTED::contains)
          .filter(release -> found.get(release).isEmpty())
          .ifPresent(release -> found.put(release, Optional.of(new Jdk(release, home))));
    }
    return found;
  }

  /** The oldest that was found of that release and later. */
  static Jdk oldest(int since) {
    return all().values().stream()
        .flatMap(Optional::stream)
        .filter(jdk -> jdk.release() >= since)
        .findFirst()
        .orElseThrow();
  }

  private static Set<Path> candidates() {
    Set<Path> homes = new LinkedHashSet<>();
    homes.add(Path.of(System.getProperty("java.home")));
    String named = System.getProperty("jdks", "");
    if (!named.isEmpty()) {
      for (String dir : named.split(File.pathSeparator, -1)) {
        homes.add(Path.of(dir));
        homes.addAll(children(Path.of(dir)));
      }
      return homes;
    }
    homes.addAll(children(Path.of("/usr/lib/jvm")));
    homes.addAll(children(Path.of("/opt/jdks")));
    homes.addAll(children(Path.of(System.getProperty("user.home"), ".sdkman/candidates/java")));
    return homes;
  }

  private static List<Path> children(Path dir) {
    if (!Files.isDirectory(dir)) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(dir)) {
      return new ArrayList<>(list.sorted().toList());
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Asks the {@code release} file, or else the JVM itself. */
  private static Optional<Integer> release(Path home) {
    try {
      Path java = home.resolve("bin").resolve("java");
      if (!Files.isExecutable(java)) {
        return Optional.empty();
      }
      Path file = home.resolve("release");
      return number(Files.isReadable(file) ? Files.readString(file) : version(java));
    } catch (IOException | InterruptedException e) {
      return Optional.empty();
    }
  }

  private static String version(Path java) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(java.toString(), "-version").redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return output;
  }

  private static Optional<Integer> number(String text) {
    Matcher matcher = VERSION.matcher(text);
    return matcher.find() ? Optional.of(Integer.valueOf(matcher.group(1))) : Optional.empty();
  }
}

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * Lays out the agent's jar: premain as plain classes, everything else in packs (see {@code
 * GenesysTokenAgent}). Byte Buddy and Jackson are whole, but in two packs each: the classes that
 * weaving the build's own JDK loads, or reading JSON, and the rest, which is there only should
 * another JDK or another answer need more. So are the agent's own classes, with SLF4J: what each
 * start needs, what some settings need, what the libraries of some apps need, and the rest.
 *
 * <p>Arguments: the directory to write, the Apache License, the jars of premain, bridge, core,
 * clients, Byte Buddy, Jackson, SLF4J and picocli, then those of libraries to weave.
 */
final class Pack {
  /**
   * What every JVM with the agent loads before the app's {@code main}, and what the transformer
   * needs under a security manager before it acts by its own permissions, which a look into the jar
   * would take.
   */
  private static final Pattern START =
      Pattern.compile(
          "org/genesystoken/agent/(core/config/(Environment|Essentials|Region)"
              + "|clients/(Clients|Installer|Transformer.*))[.]class");

  /**
   * What other settings than the essential ones, and their problems, have loaded by then, and those
   * with the first client.
   */
  private static final Pattern SETTINGS =
      Pattern.compile("org/genesystoken/agent/(core/config/.*|core/policy/Origins.*)[.]class");

  /** What is there for the libraries that some apps bring, by their packages. */
  private static final Pattern ADAPTERS =
      Pattern.compile(
          "org/genesystoken/agent/clients/(?!weave/|urlconnection/|httpclient/)[a-z0-9]+/.*");

  private final Path content;

  private Pack(Path content) {
    this.content = content;
  }

  public static void main(String[] arguments) throws Exception {
    Path content = Path.of(arguments[0]);
    delete(content.toFile());
    Pack pack = new Pack(content);
    File premain = new File(arguments[2]);
    File bridge = new File(arguments[3]);
    File core = new File(arguments[4]);
    File clients = new File(arguments[5]);
    File byteBuddy = new File(arguments[6]);
    File jackson = new File(arguments[7]);
    File slf4j = new File(arguments[8]);
    File picocli = new File(arguments[9]);

    for (Map.Entry<String, byte[]> entry : read(premain).entrySet()) {
      pack.write(entry.getKey(), entry.getValue());
    }

    Map<String, byte[]> agent = new TreeMap<>();
    agent.putAll(read(bridge));
    agent.putAll(read(core));
    agent.putAll(read(clients));
    // The compiler's outline of a JDK class.
    agent.keySet().removeIf(name -> name.startsWith("sun/"));
    pack.write("start", takeFrom(agent, START), false);
    pack.write("settings", takeFrom(agent, SETTINGS), false);
    pack.write("adapters", takeFrom(agent, ADAPTERS), true);
    // Small, and needed by whoever needs the agent's other classes.
    agent.putAll(read(slf4j));
    pack.write("agent", agent, true);

    List<File> libraries = new ArrayList<>();
    for (int i = 10; i < arguments.length; i++) {
      libraries.add(new File(arguments[i]));
    }
    pack.split(
        read(byteBuddy),
        "weaver",
        loadedBy(loader -> weaveAll(loader, libraries), byteBuddy, clients, core, bridge),
        "bytebuddy");
    pack.split(read(jackson), "json", loadedBy(Pack::parse, jackson, core), "jackson");
    pack.write("cli", read(picocli), true);

    byte[] apache = Files.readAllBytes(Path.of(arguments[1]));
    pack.write("META-INF/LICENSE", apache);
    for (File licensed : List.of(byteBuddy, jackson, slf4j, picocli)) {
      pack.copyLicences(licensed, apache);
    }
  }

  /** What an earlier build has left would be in the jar. */
  private static void delete(File file) throws IOException {
    File[] children = file.listFiles();
    for (File child : children == null ? new File[0] : children) {
      delete(child);
    }
    Files.deleteIfExists(file.toPath());
  }

  /** Classes for Java 8 and other resources of a jar, but no build metadata. */
  private static Map<String, byte[]> read(File jar) throws IOException {
    Map<String, byte[]> entries = new TreeMap<>();
    try (JarFile file = new JarFile(jar)) {
      for (JarEntry entry : Collections.list(file.entries())) {
        String name = entry.getName();
        if (!entry.isDirectory()
            && !name.startsWith("META-INF/")
            && !name.endsWith("package-info.class")
            && !name.equals("module-info.class")) {
          try (InputStream in = file.getInputStream(entry)) {
            entries.put(name, in.readAllBytes());
          }
        }
      }
    }
    return entries;
  }

  /** Moves those entries that match to a map of their own. */
  private static Map<String, byte[]> takeFrom(Map<String, byte[]> entries, Pattern names) {
    Map<String, byte[]> taken = new TreeMap<>(entries);
    taken.keySet().removeIf(name -> !names.matcher(name).matches());
    entries.keySet().removeAll(taken.keySet());
    return taken;
  }

  /**
   * Writes what most JVMs need of a library, and, for those that need more, the rest: what is read
   * of a pack stays in memory.
   */
  private void split(Map<String, byte[]> library, String hot, Set<String> needed, String cold)
      throws IOException {
    Map<String, byte[]> part = new TreeMap<>(library);
    part.keySet().retainAll(needed);
    library.keySet().removeAll(part.keySet());
    write(hot, part, true);
    write(cold, library, true);
  }

  private interface Use {
    void of(ClassLoader loader) throws Exception;
  }

  /** Which classes a use of the given jars takes. */
  private static Set<String> loadedBy(Use use, File... classPath) throws Exception {
    URL[] urls = new URL[classPath.length];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = classPath[i].toURI().toURL();
    }
    Set<String> loaded = new HashSet<>();
    try (URLClassLoader loader =
        new URLClassLoader(urls, ClassLoader.getPlatformClassLoader()) {
          @Override
          protected Class<?> findClass(String name) throws ClassNotFoundException {
            Class<?> found = super.findClass(name);
            loaded.add(name.replace('.', '/') + ".class");
            return found;
          }
        }) {
      use.of(loader);
    }
    return loaded;
  }

  /** Reads JSON as servers send it, good and bad. */
  private static void parse(ClassLoader loader) throws Exception {
    String json = "org.genesystoken.agent.core.json.Json";
    Class<?> visitor = loader.loadClass(json + "$Visitor");
    Method visit = loader.loadClass(json).getMethod("visit", byte[].class, int.class, visitor);
    Object all = Proxy.newProxyInstance(loader, new Class<?>[] {visitor}, (p, m, a) -> true);
    String escaped = "\"\\u00e9\\n" + "\u00e9".repeat(5000) + "\"";
    for (String text :
        List.of(
            "{\"a\":\"b\",\"n\":[1,{\"c\":null}],\"i\":86400,\"d\":-1.5e3,\"t\":true,\"s\":"
                + escaped
                + "}",
            "{\"a\":",
            "{\"a\" 1}",
            "[1]",
            "<html>",
            "",
            "{\"a\":\"\u0001\"}")) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      try {
        visit.invoke(null, bytes, bytes.length, all);
      } catch (InvocationTargetException syntax) {
        // As it is meant to be.
      }
    }
  }

  /** Weaves the JDK that runs the build and the given libraries. */
  private static void weaveAll(ClassLoader loader, List<File> libraries) throws Exception {
    String agent = "org.genesystoken.agent.";
    Field list = loader.loadClass(agent + "clients.Clients").getDeclaredField("ALL");
    list.setAccessible(true);
    Class<?> policy = loader.loadClass(agent + "core.policy.TokenPolicy");
    Class<?> weaveType = loader.loadClass(agent + "clients.weave.ClassWeave");
    Method weave =
        loader
            .loadClass(agent + "clients.weave.Weaver")
            .getMethod("weave", weaveType, byte[].class, int.class, Class.class);
    for (String[] line : (String[][]) list.get(null)) {
      Object client =
          loader.loadClass(line[0]).getConstructor(policy).newInstance(new Object[] {null});
      List<?> weaves = (List<?>) client.getClass().getMethod("weaves").invoke(client);
      for (Object classWeave : weaves) {
        String name = weaveType.getMethod("name").invoke(classWeave) + ".class";
        byte[] classFile = classFile(name, libraries);
        // null: of another version of the library than the one at hand
        if (classFile != null) {
          weave.invoke(null, classWeave, classFile, 0, null);
        }
      }
    }
  }

  /** Null: there is none. */
  private static byte[] classFile(String name, List<File> libraries) throws IOException {
    for (File library : libraries) {
      try (JarFile jar = new JarFile(library)) {
        JarEntry entry = jar.getJarEntry(name);
        if (entry != null) {
          try (InputStream in = jar.getInputStream(entry)) {
            return in.readAllBytes();
          }
        }
      }
    }
    try (InputStream in = ClassLoader.getSystemResourceAsStream(name)) {
      return in == null ? null : in.readAllBytes();
    }
  }

  /**
   * The lengths of two parts, then, deflated unless that is their length already, these: name and
   * length of each entry, and the bytes of all. The jar itself compresses nothing.
   */
  private void write(String pack, Map<String, byte[]> entries, boolean deflated)
      throws IOException {
    ByteArrayOutputStream names = new ByteArrayOutputStream();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream table = new DataOutputStream(names);
    for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
      table.writeUTF(nameOf(entry.getKey()));
      table.writeInt(entry.getValue().length);
      bytes.write(entry.getValue());
    }
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(content);
    out.writeInt(names.size());
    out.writeInt(bytes.size());
    OutputStream to =
        deflated ? new DeflaterOutputStream(out, new Deflater(Deflater.BEST_COMPRESSION)) : content;
    names.writeTo(to);
    bytes.writeTo(to);
    to.close();
    write("genesys-token-agent/" + pack + ".pack", content.toByteArray());
  }

  /** A class by its binary name, as a class loader is asked for it; a resource by its path. */
  private static String nameOf(String entry) {
    return entry.endsWith(".class")
        ? entry.substring(0, entry.length() - ".class".length()).replace('/', '.')
        : entry;
  }

  /**
   * Copies what a library's jar has of licences and notices.
   *
   * @param apache the licence of a library that has none in its jar
   */
  private void copyLicences(File jar, byte[] apache) throws IOException {
    String directory = "META-INF/licenses/" + jar.getName().replaceFirst("-[0-9].*", "") + "/";
    boolean licensed = false;
    try (JarFile file = new JarFile(jar)) {
      for (Enumeration<JarEntry> all = file.entries(); all.hasMoreElements(); ) {
        JarEntry entry = all.nextElement();
        String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
        boolean licence = name.startsWith("LICENSE");
        if (entry.getName().startsWith("META-INF/") && (licence || name.startsWith("NOTICE"))) {
          licensed |= licence;
          try (InputStream in = file.getInputStream(entry)) {
            write(directory + name, in.readAllBytes());
          }
        }
      }
    }
    if (!licensed) {
      write(directory + "LICENSE", apache);
    }
  }

  private void write(String name, byte[] bytes) throws IOException {
    Path file = content.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }
}

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
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

/**
 * Lays out the agent's jar: premain as plain classes, everything else in packs (see {@code
 * IsolatedLoader}). Byte Buddy is whole, but in two packs: the classes that weaving loads, found by
 * weaving the build's own JDK, and the rest, which is there only should another JDK need more. So
 * are the agent's own classes: what each start needs, what the libraries of some apps need, and the
 * rest.
 *
 * <p>Arguments: the directory to write, the jars of premain, bridge, core, clients, Byte Buddy,
 * Jackson, SLF4J and picocli, then those of libraries to weave.
 */
final class Pack {
  /** What every JVM with the agent loads before the app's {@code main}. */
  private static final Pattern START =
      Pattern.compile(
          "org/genesystoken/agent/(core/config/.*|core/policy/Origins.*"
              + "|clients/(Clients|Installer|Transformer.*))[.]class");

  /** What is there for the libraries that some apps bring, by their packages. */
  private static final Pattern ADAPTERS =
      Pattern.compile(
          "org/genesystoken/agent/clients/(?!weave/|urlconnection/|httpclient/)[a-z0-9]+/.*");

  private final Path content;

  private Pack(Path content) {
    this.content = content;
  }

  public static void main(String[] arguments) throws Exception {
    Pack pack = new Pack(Path.of(arguments[0]));
    File premain = new File(arguments[1]);
    File bridge = new File(arguments[2]);
    File core = new File(arguments[3]);
    File clients = new File(arguments[4]);
    File byteBuddy = new File(arguments[5]);
    File jackson = new File(arguments[6]);
    File slf4j = new File(arguments[7]);
    File picocli = new File(arguments[8]);

    for (Map.Entry<String, byte[]> entry : read(premain).entrySet()) {
      pack.write(entry.getKey(), entry.getValue());
    }

    Map<String, byte[]> agent = new TreeMap<>();
    agent.putAll(read(bridge));
    agent.putAll(read(core));
    agent.putAll(read(clients));
    // The compiler's outline of a JDK class.
    agent.keySet().removeIf(name -> name.startsWith("sun/"));
    Map<String, byte[]> start = new TreeMap<>(agent);
    start.keySet().removeIf(name -> !START.matcher(name).matches());
    agent.keySet().removeAll(start.keySet());
    Map<String, byte[]> adapters = new TreeMap<>(agent);
    adapters.keySet().removeIf(name -> !ADAPTERS.matcher(name).matches());
    agent.keySet().removeAll(adapters.keySet());
    pack.write("start", start);
    pack.write("agent", agent);
    pack.write("adapters", adapters);

    Map<String, byte[]> cold = read(byteBuddy);
    Map<String, byte[]> hot = new TreeMap<>(cold);
    List<File> libraries = new ArrayList<>();
    for (int i = 9; i < arguments.length; i++) {
      libraries.add(new File(arguments[i]));
    }
    hot.keySet().retainAll(loadedByWeaving(libraries, byteBuddy, clients, core, bridge));
    cold.keySet().removeAll(hot.keySet());
    pack.write("weaver", hot);
    pack.write("bytebuddy", cold);

    Map<String, byte[]> library = read(jackson);
    library.putAll(read(slf4j));
    pack.write("library", library);
    pack.write("cli", read(picocli));

    for (File licensed : List.of(byteBuddy, jackson, slf4j, picocli)) {
      pack.copyLicences(licensed);
    }
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

  /** Weaves the JDK that runs the build and the given libraries, and looks what that took. */
  private static Set<String> loadedByWeaving(List<File> libraries, File... classPath)
      throws Exception {
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
      weaveAll(loader, libraries);
    }
    return loaded;
  }

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

  /** A count, then for each entry its name, length and bytes. */
  private void write(String pack, Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(entries.size());
    for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
      out.writeUTF(entry.getKey());
      out.writeInt(entry.getValue().length);
      out.write(entry.getValue());
    }
    write("genesys-token-agent/" + pack + ".pack", bytes.toByteArray());
  }

  private void copyLicences(File jar) throws IOException {
    try (JarFile file = new JarFile(jar)) {
      for (Enumeration<JarEntry> all = file.entries(); all.hasMoreElements(); ) {
        JarEntry entry = all.nextElement();
        String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
        if (entry.getName().startsWith("META-INF/")
            && (name.startsWith("LICENSE") || name.startsWith("NOTICE"))) {
          String library = jar.getName().replaceFirst("-[0-9].*", "");
          try (InputStream in = file.getInputStream(entry)) {
            write("META-INF/licenses/" + library + "/" + name, in.readAllBytes());
          }
        }
      }
    }
  }

  private void write(String name, byte[] bytes) throws IOException {
    Path file = content.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }
}

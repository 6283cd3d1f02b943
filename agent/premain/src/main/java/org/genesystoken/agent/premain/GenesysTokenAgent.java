package org.genesystoken.agent.premain;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.instrument.Instrumentation;
import java.net.URL;
import java.security.AllPermission;
import java.security.CodeSource;
import java.security.Permission;
import java.security.PermissionCollection;
import java.security.Permissions;
import java.security.ProtectionDomain;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.Inflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The entry points, {@code -javaagent} and {@code java -jar}, and the class loader behind them,
 * which loads the agent's own classes and libraries from packs inside the agent's jar, where
 * neither the app nor a scan of its class path can see them. One class, because each that the
 * system class loader loads costs every start.
 *
 * <pre>
 *   bootstrap loader      java.net.GenesysTokenBridge  (called by woven code)
 *        ^
 *   platform loader       java.net.http, ...
 *        ^        ^
 *        |        +------ isolated loader   packs: core, clients, Byte Buddy, Jackson, SLF4J
 *   system loader         the app's class path, and this package
 *        ^
 *   the app's loaders
 * </pre>
 *
 * A pack is one entry of the jar with many classes in it. A jar that lists every class for itself
 * costs more at each start and at each class (one inflate and one look-up apiece); a pack is
 * inflated once, when its first class is asked for, and those that are needed before {@code main}
 * not even that. Thread-safe.
 */
public final class GenesysTokenAgent extends ClassLoader {
  static {
    registerAsParallelCapable();
  }

  private static final String CLASS = ".class";

  /** Of a part of a pack, in bytes: more than any has, and less than a damaged one may claim. */
  private static final int MAX_LENGTH = 1 << 26;

  private static final String INSTALLER = "org.genesystoken.agent.clients.Installer";
  private static final String COMMAND_LINE = "org.genesystoken.agent.cli.AgentCommandLine";

  /** The same jar may be named twice, in the command line and in {@code JAVA_TOOL_OPTIONS}. */
  private static boolean installed;

  /** The prefix of the classes in a pack, then the packs to look in, in order. */
  private static final String[][] PACKS = {
    {"org.genesystoken.agent.", "start", "settings", "agent", "adapters"},
    {"net.bytebuddy.", "weaver", "bytebuddy"},
    {"com.fasterxml.jackson.", "json", "jackson"},
    {"org.slf4j.", "agent"},
    {"picocli.", "cli"},
  };

  /**
   * The platform loader on 9+, the extension loader on 8: the JDK's own classes and no more. With
   * {@code -Djava.system.class.loader} it is that loader's parent, which may be null.
   */
  private final ClassLoader parent;

  private final File jar;
  private final ProtectionDomain domain;
  private final Map<String, Map<String, byte[]>> packs = new HashMap<>();

  GenesysTokenAgent(ClassLoader parent, File jar, ProtectionDomain domain) {
    super(parent);
    this.parent = parent;
    this.jar = jar;
    this.domain = domain;
  }

  /**
   * Called by the JVM before the app's {@code main}. Whatever goes wrong, the app starts: one line
   * on stderr says what happened.
   *
   * @param argument what follows {@code =} after the jar's name, may be null
   */
  public static synchronized void premain(String argument, Instrumentation instrumentation) {
    if (installed) {
      return;
    }
    try {
      if (isJdkTool(System.getProperty("sun.java.command"))) {
        return;
      }
      installed = true;
      GenesysTokenAgent loader = open();
      hideFromClassPath(loader.jar());
      loader
          .loadClass(INSTALLER)
          .getMethod("install", String.class, Instrumentation.class)
          .invoke(null, argument, instrumentation);
    } catch (Throwable failure) {
      Throwable cause = failure.getCause() == null ? failure : failure.getCause();
      String remedy =
          cause instanceof SecurityException
              ? "grant java.security.AllPermission to its jar in the security policy: "
              : "check that the jar is complete and readable: ";
      System.err.println(
          "[genesys-token-agent] ERROR the agent could not start and stays inactive, the application"
              + " runs as it would without it; "
              + remedy
              + cause);
    }
  }

  /**
   * The JVM has put the agent's jar behind the app's own class path. Apps scan that property, and
   * give it to JVMs that they start.
   */
  private static void hideFromClassPath(File jar) {
    String classPath = System.getProperty("java.class.path");
    String shown = without(jar, classPath);
    if (shown != null) {
      System.setProperty("java.class.path", shown);
    }
  }

  /** The class path without its last entry if that is the jar, else null. */
  static String without(File jar, String classPath) {
    if (classPath == null) {
      return null;
    }
    int separator = classPath.lastIndexOf(File.pathSeparatorChar);
    String last = classPath.substring(separator + 1);
    if (!new File(last).getAbsoluteFile().equals(jar)) {
      return null;
    }
    return separator < 0 ? "" : classPath.substring(0, separator);
  }

  /** The command line: {@code java -jar genesys-token-agent.jar --help}. */
  public static void main(String[] arguments) throws Exception {
    Object exitCode =
        open()
            .loadClass(COMMAND_LINE)
            .getMethod("run", String[].class, PrintStream.class, PrintStream.class)
            .invoke(null, arguments, System.out, System.err);
    System.exit((Integer) exitCode);
  }

  /**
   * With {@code JAVA_TOOL_OPTIONS} every keytool and jps of the machine would carry the agent; they
   * are no apps of anybody's.
   *
   * @param command the JVM's main class or jar with its arguments, after {@code module/} if there
   *     is one; may be null
   */
  static boolean isJdkTool(String command) {
    if (command == null) {
      return false;
    }
    int end = command.indexOf(' ');
    String main = end < 0 ? command : command.substring(0, end);
    String type = main.substring(main.indexOf('/') + 1);
    return type.startsWith("sun.tools.")
        || type.startsWith("sun.security.tools.")
        || type.startsWith("sun.jvmstat.")
        || type.startsWith("sun.rmi.")
        || type.startsWith("com.sun.tools.")
        || main.startsWith("jdk.");
  }

  /**
   * A new loader over the packs of the jar that this class came from. What it throws is any
   * exception, as who looks for {@code premain} has loaded what the other methods declare.
   */
  static GenesysTokenAgent open() throws Exception {
    CodeSource source = GenesysTokenAgent.class.getProtectionDomain().getCodeSource();
    URL location = source.getLocation();
    String path = location.getPath();
    // A path with nothing escaped needs no parser.
    File jar = path.indexOf('%') < 0 ? new File(path) : new File(location.toURI());
    return new GenesysTokenAgent(
        ClassLoader.getSystemClassLoader().getParent(),
        jar,
        new ProtectionDomain(source, permissions()));
  }

  /**
   * All: an agent is part of the JVM to who starts it with one, whatever a policy file says of its
   * jar. Null from Java 24 on, where nobody asks any more (JEP 486).
   */
  private static PermissionCollection permissions() {
    String release = System.getProperty("java.specification.version");
    if (release.length() == 2 && release.compareTo("24") >= 0) {
      return null;
    }
    Permissions all = new Permissions();
    // Through Object: else the JVM's verifier loads three classes to see what it is, on 25 too.
    all.add((Permission) (Object) new AllPermission());
    return all;
  }

  /** The agent's jar, by an absolute path. */
  File jar() {
    return jar;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    String[] places = packsOf(name);
    if (places == null) {
      // ClassLoader's own way makes a lock for each name first.
      return parent == null ? super.loadClass(name, resolve) : parent.loadClass(name);
    }
    // Never the parent: with -Djava.system.class.loader the parent is the app's class path, which
    // may hold another version of a library of ours.
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : define(name, places);
    }
  }

  private Class<?> define(String name, String[] places) throws ClassNotFoundException {
    Map<String, byte[]> pack = packWith(name, places);
    if (pack == null) {
      throw new ClassNotFoundException(name);
    }
    byte[] bytes = get(pack, name);
    Class<?> defined = defineClass(name, bytes, 0, bytes.length, domain);
    // Not kept twice. But not before: an app that is out of stack or memory fails here, and the
    // JVM asks for the class again.
    synchronized (packs) {
      pack.remove(name);
    }
    return defined;
  }

  /** Resources of the agent's own packs; null for any other name, as the app's are none of ours. */
  @Override
  public InputStream getResourceAsStream(String name) {
    boolean ours = name.startsWith("org/genesystoken/agent/");
    String entry =
        name.endsWith(CLASS)
            ? name.substring(0, name.length() - CLASS.length()).replace('/', '.')
            : name;
    Map<String, byte[]> pack =
        packWith(entry, ours ? new String[] {"", "agent", "adapters"} : new String[] {"", "agent"});
    return pack == null ? null : new ByteArrayInputStream(get(pack, entry));
  }

  private static String[] packsOf(String className) {
    for (String[] pack : PACKS) {
      if (className.startsWith(pack[0])) {
        return pack;
      }
    }
    return null;
  }

  /** The first of the packs that holds an entry, or null. */
  private Map<String, byte[]> packWith(String entry, String[] places) {
    synchronized (packs) {
      for (int i = 1; i < places.length; i++) {
        Map<String, byte[]> pack = pack(places[i]);
        if (pack.containsKey(entry)) {
          return pack;
        }
      }
      return null;
    }
  }

  private byte[] get(Map<String, byte[]> pack, String entry) {
    synchronized (packs) {
      return pack.get(entry);
    }
  }

  private Map<String, byte[]> pack(String name) {
    Map<String, byte[]> pack = packs.get(name);
    if (pack == null) {
      pack = read(name);
      packs.put(name, pack);
    }
    return pack;
  }

  private Map<String, byte[]> read(String name) {
    try (ZipFile zip = new ZipFile(jar)) {
      ZipEntry entry = zip.getEntry("genesys-token-agent/" + name + ".pack");
      if (entry == null) {
        throw new IllegalArgumentException("it is not there");
      }
      byte[] pack = new byte[(int) entry.getSize()];
      try (InputStream in = zip.getInputStream(entry)) {
        for (int at = 0, read = 0; at < pack.length; at += read) {
          read = in.read(pack, at, pack.length - at);
          if (read < 0) {
            throw new IllegalArgumentException("it breaks off");
          }
        }
      }
      return entries(pack);
    } catch (Exception unreadable) {
      // As these two: the JVM's verifier loads what is caught or thrown, and has these already.
      throw new IllegalArgumentException(
          "cannot read the " + name + " pack of " + jar + ": " + unreadable);
    }
  }

  /**
   * The entries of a pack: the lengths of its two parts; then, deflated unless that is their length
   * already, the name and the length of each entry, and the bytes of all. Each is inflated into an
   * array of its own: garbage of a start is memory that the heap has grown by. What a start needs
   * is not deflated, as inflating it costs more than reading it. By hand: on Java 25 a
   * DataInputStream brings some thirty classes and the work to link them, as much as the whole
   * configuration.
   */
  @SuppressWarnings("deprecation") // names are ASCII; any other way looks up a charset
  private static Map<String, byte[]> entries(byte[] pack) throws Exception {
    int table = number(pack, 0, 4);
    int left = number(pack, 4, 4);
    if (table < 0 || table > MAX_LENGTH || left < 0 || left > MAX_LENGTH) {
      throw new IllegalArgumentException("it is damaged");
    }
    Inflater inflater = table + left == pack.length - 8 ? null : new Inflater();
    try {
      if (inflater != null) {
        inflater.setInput(pack, 8, pack.length - 8);
      }
      byte[] names = part(pack, table + left, table, inflater);
      // Some 50 bytes each.
      Map<String, byte[]> entries = new HashMap<>(table / 32);
      for (int at = 0; at < table; ) {
        int name = at + 2;
        int end = name + number(names, at, 2);
        int length = number(names, end, 4);
        if (length < 0 || length > left) {
          throw new IllegalArgumentException("it is damaged");
        }
        entries.put(new String(names, 0, name, end - name), part(pack, left, length, inflater));
        left -= length;
        at = end + 4;
      }
      if (left != 0) {
        throw new IllegalArgumentException("it is damaged");
      }
      return entries;
    } finally {
      if (inflater != null) {
        inflater.end();
      }
    }
  }

  /**
   * The next bytes of a pack.
   *
   * @param left how many there are of it from here on
   * @param inflater what inflates it, null: it is not deflated
   */
  private static byte[] part(byte[] pack, int left, int length, Inflater inflater)
      throws Exception {
    if (inflater == null) {
      int from = pack.length - left;
      return Arrays.copyOfRange(pack, from, from + length);
    }
    byte[] part = new byte[length];
    if (inflater.inflate(part) < length) {
      throw new IllegalArgumentException("it breaks off");
    }
    return part;
  }

  private static int number(byte[] from, int at, int length) {
    int number = 0;
    for (int i = at; i < at + length; i++) {
      number = number << 8 | (from[i] & 0xff);
    }
    return number;
  }
}

package org.genesystoken.agent.premain;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.instrument.Instrumentation;
import java.net.URISyntaxException;
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
 * inflated once, when its first class is asked for, and the one that every start needs not even
 * that. Thread-safe.
 */
public final class GenesysTokenAgent extends ClassLoader {
  static {
    registerAsParallelCapable();
  }

  private static final String CLASS = ".class";

  /** Of a pack, in bytes: far more than any has, and far less than a damaged one may claim. */
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

  private final File jar;
  private final ProtectionDomain domain;
  private final Map<String, Map<String, byte[]>> packs = new HashMap<>();

  GenesysTokenAgent(File jar, ProtectionDomain domain) {
    // The platform loader on 9+, the extension loader on 8: the JDK's own classes and nothing more.
    super(ClassLoader.getSystemClassLoader().getParent());
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

  /** A new loader over the packs of the jar that this class came from. */
  static GenesysTokenAgent open() throws URISyntaxException {
    CodeSource source = GenesysTokenAgent.class.getProtectionDomain().getCodeSource();
    URL location = source.getLocation();
    String path = location.getPath();
    // A path with nothing escaped needs no parser.
    File jar = path.indexOf('%') < 0 ? new File(path) : new File(location.toURI());
    return new GenesysTokenAgent(jar, new ProtectionDomain(source, permissions()));
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
      return super.loadClass(name, resolve);
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
      int length = number(pack, 0, 4);
      if (length < 4 || length > MAX_LENGTH) {
        throw new IllegalArgumentException("it is damaged");
      }
      // What every start needs is not deflated: inflating it costs more than reading it.
      return length == pack.length - 4 ? entries(pack, 4) : entries(inflated(pack, length), 0);
    } catch (Exception unreadable) {
      // As these two: the JVM's verifier loads what is caught or thrown, and has these already.
      throw new IllegalArgumentException(
          "cannot read the " + name + " pack of " + jar + ": " + unreadable);
    }
  }

  private static byte[] inflated(byte[] pack, int length) throws Exception {
    byte[] all = new byte[length];
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(pack, 4, pack.length - 4);
      if (inflater.inflate(all) < length) {
        throw new IllegalArgumentException("it breaks off");
      }
      return all;
    } finally {
      inflater.end();
    }
  }

  /**
   * The entries of a pack: their count, then the name, length and bytes of each. By hand: on Java
   * 25 a DataInputStream brings some thirty classes and the work to link them, as much as the whole
   * configuration.
   */
  @SuppressWarnings("deprecation") // names are ASCII; any other way looks up a charset
  private static Map<String, byte[]> entries(byte[] pack, int from) {
    int count = number(pack, from, 4);
    if (count < 0 || count > pack.length) {
      throw new IllegalArgumentException("it is damaged");
    }
    Map<String, byte[]> entries = new HashMap<>(count * 2);
    int at = from + 4;
    for (int i = 0; i < count; i++) {
      int name = at + 2;
      int length = name + number(pack, at, 2);
      int bytes = length + 4;
      at = bytes + number(pack, length, 4);
      if (at < bytes || at > pack.length) {
        throw new IllegalArgumentException("it is damaged");
      }
      entries.put(new String(pack, 0, name, length - name), Arrays.copyOfRange(pack, bytes, at));
    }
    if (at != pack.length) {
      throw new IllegalArgumentException("it breaks off");
    }
    return entries;
  }

  private static int number(byte[] from, int at, int length) {
    int number = 0;
    for (int i = at; i < at + length; i++) {
      number = number << 8 | (from[i] & 0xff);
    }
    return number;
  }
}

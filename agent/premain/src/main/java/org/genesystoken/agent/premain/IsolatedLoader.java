package org.genesystoken.agent.premain;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.InputStream;
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
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Loads the agent's own classes and libraries from packs inside the agent's jar, where neither the
 * app nor a scan of its class path can see them.
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
 * inflated once, when its first class is asked for. Thread-safe.
 */
final class IsolatedLoader extends ClassLoader {
  static {
    registerAsParallelCapable();
  }

  /** The prefix of the classes in a pack, then the packs to look in, in order. */
  private static final String[][] PACKS = {
    {"org.genesystoken.agent.", "start", "agent", "adapters"},
    {"net.bytebuddy.", "weaver", "bytebuddy"},
    {"com.fasterxml.jackson.", "json", "jackson"},
    {"org.slf4j.", "agent"},
    {"picocli.", "cli"},
  };

  private final File jar;
  private final ProtectionDomain domain;
  private final Map<String, Map<String, byte[]>> packs = new HashMap<>();

  IsolatedLoader(File jar, ProtectionDomain domain) {
    // The platform loader on 9+, the extension loader on 8: the JDK's own classes and nothing more.
    super(ClassLoader.getSystemClassLoader().getParent());
    this.jar = jar;
    this.domain = domain;
  }

  /** A new loader over the packs of the jar that this class came from. */
  static IsolatedLoader open() throws URISyntaxException {
    CodeSource source = IsolatedLoader.class.getProtectionDomain().getCodeSource();
    URL location = source.getLocation();
    String path = location.getPath();
    // A path with nothing escaped needs no parser.
    File jar = path.indexOf('%') < 0 ? new File(path) : new File(location.toURI());
    return new IsolatedLoader(jar, new ProtectionDomain(source, permissions()));
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
    String entry = name.replace('.', '/') + ".class";
    Map<String, byte[]> pack = packWith(entry, places);
    if (pack == null) {
      throw new ClassNotFoundException(name);
    }
    byte[] bytes = get(pack, entry);
    Class<?> defined = defineClass(name, bytes, 0, bytes.length, domain);
    // Not kept twice. But not before: an app that is out of stack or memory fails here, and the
    // JVM asks for the class again.
    synchronized (packs) {
      pack.remove(entry);
    }
    return defined;
  }

  /** Resources of the agent's own packs; null for any other name, as the app's are none of ours. */
  @Override
  public InputStream getResourceAsStream(String name) {
    boolean ours = name.startsWith("org/genesystoken/agent/");
    Map<String, byte[]> pack =
        packWith(name, ours ? new String[] {"", "agent", "adapters"} : new String[] {"", "agent"});
    return pack == null ? null : new ByteArrayInputStream(get(pack, name));
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

  /** Reads a pack: a count, then for each entry its name, length and bytes. */
  private Map<String, byte[]> read(String name) {
    try (ZipFile zip = new ZipFile(jar)) {
      ZipEntry entry = zip.getEntry("genesys-token-agent/" + name + ".pack");
      if (entry == null) {
        throw new IllegalArgumentException("no " + name + " pack in it");
      }
      byte[] all = new byte[(int) entry.getSize()];
      try (InputStream in = zip.getInputStream(entry)) {
        for (int at = 0, read = 0; at < all.length; at += read) {
          read = in.read(all, at, all.length - at);
          if (read < 0) {
            throw new IllegalArgumentException("the " + name + " pack breaks off");
          }
        }
      }
      return entries(all);
    } catch (Exception unreadable) {
      // As these two: the JVM's verifier loads what is caught or thrown, and has these already.
      throw new IllegalArgumentException("cannot read " + jar + ": " + unreadable.getMessage());
    }
  }

  /**
   * By hand: on Java 25 a DataInputStream brings some thirty classes and the work to link them, as
   * much as the whole configuration.
   */
  @SuppressWarnings("deprecation") // names are ASCII; any other way looks up a charset
  private static Map<String, byte[]> entries(byte[] pack) {
    int count = number(pack, 0, 4);
    Map<String, byte[]> entries = new HashMap<>(count * 2);
    int at = 4;
    for (int i = 0; i < count; i++) {
      int name = at + 2;
      int length = name + number(pack, at, 2);
      int bytes = length + 4;
      at = bytes + number(pack, length, 4);
      entries.put(new String(pack, 0, name, length - name), Arrays.copyOfRange(pack, bytes, at));
    }
    if (at != pack.length) {
      throw new IllegalArgumentException("a pack breaks off");
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

package org.genesystoken.agent.clients.weave;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Defines the classes of one adapter, once for each loader that has the library.
 *
 * <pre>
 *   the app's loader      the library         isolated loader     core, Adapter, ...
 *        ^                                        ^
 *        |  everything else                       |  org.genesystoken.agent.*
 *        +---------- adapter loader --------------+
 *                    the adapter's own package
 * </pre>
 *
 * The app's loader knows nothing of it. Thread-safe.
 */
final class AdapterLoader extends ClassLoader {
  static {
    registerAsParallelCapable();
  }

  private static final ClassLoader AGENT = AdapterLoader.class.getClassLoader();
  private static final String AGENT_PACKAGE = "org.genesystoken.agent.";

  private final String adapterPackage;

  /**
   * @param app the loader of the library
   * @param adapter the name of a class in the adapter's package
   */
  AdapterLoader(ClassLoader app, String adapter) {
    super(app);
    adapterPackage = adapter.substring(0, adapter.lastIndexOf('.') + 1);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (name.startsWith(adapterPackage)) {
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded != null ? loaded : define(name);
      }
    }
    return name.startsWith(AGENT_PACKAGE) ? AGENT.loadClass(name) : super.loadClass(name, resolve);
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    try (InputStream in = AGENT.getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = read(in);
      return defineClass(name, bytes, 0, bytes.length, AdapterLoader.class.getProtectionDomain());
    } catch (IOException unreadable) {
      throw new ClassNotFoundException(name, unreadable);
    }
  }

  private static byte[] read(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      bytes.write(buffer, 0, read);
    }
    return bytes.toByteArray();
  }
}

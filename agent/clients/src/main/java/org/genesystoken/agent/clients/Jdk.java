package org.genesystoken.agent.clients;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.security.ProtectionDomain;

/** How the running Java lets an agent into its own packages. */
abstract class Jdk {
  /** The Java that runs this. */
  static Jdk current() throws ReflectiveOperationException {
    if (System.getProperty("java.specification.version").startsWith("1.")) {
      return new Jdk8();
    }
    // By name, because its class file is of Java 9.
    return Class.forName("org.genesystoken.agent.clients.ModularJdk")
        .asSubclass(Jdk.class)
        .getDeclaredConstructor()
        .newInstance();
  }

  /**
   * Opens packages to the agent's own module.
   *
   * @param packages as {@code module/package}; such as this Java does not have are passed over
   */
  abstract void open(Instrumentation instrumentation, String[] packages);

  /**
   * Defines the bridge in {@code java.net}, in the bootstrap loader. Not by {@code
   * Instrumentation.appendToBootstrapClassLoaderSearch}: that needs a file of its own, prints a
   * warning and costs class-data sharing.
   *
   * @throws LinkageError if it is defined already
   */
  abstract void defineBridge(byte[] classFile) throws Exception;

  /** Java 8 has no modules, and a public way into any loader. */
  private static final class Jdk8 extends Jdk {
    @Override
    void open(Instrumentation instrumentation, String[] packages) {}

    @Override
    void defineBridge(byte[] classFile) throws ReflectiveOperationException {
      Class<?> type = Class.forName("sun.misc.Unsafe");
      Field instance = type.getDeclaredField("theUnsafe");
      instance.setAccessible(true);
      Method define =
          type.getMethod(
              "defineClass",
              String.class,
              byte[].class,
              int.class,
              int.class,
              ClassLoader.class,
              ProtectionDomain.class);
      define.invoke(instance.get(null), null, classFile, 0, classFile.length, null, null);
    }
  }
}

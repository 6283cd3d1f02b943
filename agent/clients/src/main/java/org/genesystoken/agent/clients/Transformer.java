package org.genesystoken.agent.clients;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.AccessController;
import java.security.PrivilegedAction;
import java.security.ProtectionDomain;
import org.genesystoken.agent.core.config.Configuration;
import org.genesystoken.agent.core.config.Essentials;

/**
 * Weaves the classes of the listed clients when the JVM loads them, and does nothing before.
 * Whatever fails, the class stays as it was. Thread-safe.
 */
final class Transformer implements ClassFileTransformer {
  private static final ClassLoader SELF = Transformer.class.getClassLoader();

  private final Essentials essentials;
  private final Configuration configuration;
  private final Instrumentation instrumentation;
  private ClientWeaver weaver;
  private boolean told;

  /** One of {@code essentials} and {@code configuration} is null. */
  Transformer(Essentials essentials, Configuration configuration, Instrumentation instrumentation) {
    this.essentials = essentials;
    this.configuration = configuration;
    this.instrumentation = instrumentation;
  }

  @Override
  public byte[] transform(
      ClassLoader loader,
      String className,
      Class<?> redefined,
      ProtectionDomain domain,
      byte[] classFile) {
    // Its own classes pass through here too, while it may be loading one that it needs for that.
    if (className == null || loader == SELF) {
      return null;
    }
    String[] client = Clients.weaving(className);
    if (client == null) {
      return null;
    }
    // The app's code that needed the class is on the stack, and may do less than the agent must.
    return System.getSecurityManager() == null
        ? weave(client, className, classFile, loader, redefined)
        : AccessController.doPrivileged(
            new Weaving(client, className, classFile, loader, redefined));
  }

  /** See {@link SelfTest}. */
  void selfTest() {
    weaver().selfTest();
  }

  /** The JVM takes what a transformer throws for null, without a word. */
  private byte[] weave(
      String[] client, String className, byte[] classFile, ClassLoader loader, Class<?> redefined) {
    try {
      return weaver().weave(client, className, classFile, loader, redefined);
    } catch (Throwable unloadable) {
      if (isFirst()) {
        // By hand: the log may be what cannot be loaded.
        System.err.println(
            "[genesys-token-agent] ERROR the agent stays inactive from here on, calls go out as they"
                + " would without it: the rest of it cannot be loaded; check that its jar is still"
                + " there and the one that the JVM was started with: "
                + unloadable);
      }
      return null;
    }
  }

  private synchronized boolean isFirst() {
    boolean first = !told;
    told = true;
    return first;
  }

  private synchronized ClientWeaver weaver() {
    if (weaver == null) {
      weaver =
          new ClientWeaver(
              essentials == null ? configuration : essentials.configuration(), instrumentation);
    }
    return weaver;
  }

  /** A weave by the agent's own permissions. */
  private final class Weaving implements PrivilegedAction<byte[]> {
    private final String[] client;
    private final String className;
    private final byte[] classFile;
    private final ClassLoader loader;
    private final Class<?> redefined;

    Weaving(
        String[] client,
        String className,
        byte[] classFile,
        ClassLoader loader,
        Class<?> redefined) {
      this.client = client;
      this.className = className;
      this.classFile = classFile;
      this.loader = loader;
      this.redefined = redefined;
    }

    @Override
    public byte[] run() {
      return weave(client, className, classFile, loader, redefined);
    }
  }
}

package org.genesystoken.agent.clients;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.charset.Charset;
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

  private final Configuration configuration;
  private final Instrumentation instrumentation;
  private Essentials essentials;
  private ClientWeaver weaver;
  private volatile boolean inactive;

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
    if (client == null || inactive) {
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

  /** Never throws: the JVM would take that for null, without a word. */
  private byte[] weave(
      String[] client, String className, byte[] classFile, ClassLoader loader, Class<?> redefined) {
    try {
      return weaver().weave(client, className, classFile, loader, redefined);
    } catch (VirtualMachineError ofApp) {
      // It is out of stack or memory. There may be enough of it when the next class comes.
      return null;
    } catch (Throwable unloadable) {
      giveUp(unloadable);
      return null;
    }
  }

  private synchronized ClientWeaver weaver() {
    if (weaver == null) {
      weaver =
          new ClientWeaver(
              essentials == null ? configuration : essentials.configuration(), instrumentation);
      essentials = null;
    }
    return weaver;
  }

  /** All classes, or none. Says so once, and whatever is the matter with the agent's log. */
  private void giveUp(Throwable unloadable) {
    synchronized (this) {
      if (inactive) {
        return;
      }
      inactive = true;
    }
    String why = unloadable.toString();
    int end = why.indexOf('\n');
    String line =
        "[genesys-token-agent] ERROR the agent stays inactive from here on, calls go out as they"
            + " would without it: the rest of it cannot be loaded; check that its jar is still"
            + " there and the one that the JVM was started with, and start the JVM again: "
            + (end < 0 ? why : why.substring(0, end))
            + System.lineSeparator();
    try {
      // Not System.err, in the middle of loading a class of the app: its stream may need that
      // class itself, and who holds its lock may wait for the one that loads it.
      new FileOutputStream(FileDescriptor.err).write(line.getBytes(Charset.defaultCharset()));
    } catch (Exception unprintable) {
      // There is nobody left to tell. Exception, as the JVM's verifier loads what is caught.
    }
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

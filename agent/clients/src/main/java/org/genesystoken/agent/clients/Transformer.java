package org.genesystoken.agent.clients;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.AccessController;
import java.security.PrivilegedAction;
import java.security.ProtectionDomain;
import java.util.HashMap;
import java.util.Map;
import org.genesystoken.agent.clients.weave.ClassWeave;
import org.genesystoken.agent.clients.weave.Client;
import org.genesystoken.agent.clients.weave.Weaver;
import org.genesystoken.agent.core.config.Configuration;
import org.genesystoken.agent.core.log.AgentLog;
import org.genesystoken.agent.core.log.LogOutput;
import org.genesystoken.agent.core.policy.TokenPolicies;
import org.genesystoken.agent.core.policy.TokenPolicy;
import org.slf4j.Logger;

/**
 * Weaves the classes of the listed clients when the JVM loads them, and does nothing before:
 * bridge, Byte Buddy and policy come into being with the first such class. Whatever fails, the
 * class stays as it was. Thread-safe.
 */
final class Transformer implements ClassFileTransformer {
  private static final ClassLoader SELF = Transformer.class.getClassLoader();

  private final Configuration configuration;
  private final Instrumentation instrumentation;
  private final Map<String, Attached> attached = new HashMap<>();
  private Jdk jdk;
  private Logger log;
  private TokenPolicy policy;

  Transformer(Configuration configuration, Instrumentation instrumentation) {
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
        ? weave(client, className, classFile, loader)
        : AccessController.doPrivileged(new Weaving(client, className, classFile, loader));
  }

  /** A weave by the agent's own permissions. */
  private final class Weaving implements PrivilegedAction<byte[]> {
    private final String[] client;
    private final String className;
    private final byte[] classFile;
    private final ClassLoader loader;

    Weaving(String[] client, String className, byte[] classFile, ClassLoader loader) {
      this.client = client;
      this.className = className;
      this.classFile = classFile;
      this.loader = loader;
    }

    @Override
    public byte[] run() {
      return weave(client, className, classFile, loader);
    }
  }

  private synchronized byte[] weave(
      String[] client, String className, byte[] classFile, ClassLoader loader) {
    try {
      Attached to = attach(client);
      for (ClassWeave weave : to.client.weaves()) {
        if (weave.name().equals(className)) {
          Weaver.check(weave, loader);
          byte[] woven = Weaver.weave(weave, classFile, to.firstHook);
          log().debug("woven {}", className);
          return woven;
        }
      }
      return null;
    } catch (Throwable failure) {
      // An AssertionError or a LinkageError too: nothing of ours may stop a class from loading.
      warn(className, failure);
      return null;
    }
  }

  private void warn(String className, Throwable failure) {
    try {
      log()
          .warn(
              "{} is left as it is, calls through it are not covered: this Java differs from those that"
                  + " the agent knows ({})",
              className,
              failure.toString());
      log().debug("weaving failed", failure);
    } catch (Throwable unprintable) {
      // There is nobody left to tell.
    }
  }

  private Logger log() {
    if (log == null) {
      LogOutput output = LogOutput.of(configuration.logFile());
      output.hide(configuration.clientSecret());
      output.hide(configuration.refreshToken());
      output.hide(configuration.accessToken());
      log = new AgentLog(configuration.logLevel(), output);
    }
    return log;
  }

  /** A client whose hooks are in the bridge. */
  private static final class Attached {
    final Client client;
    final int firstHook;

    Attached(Client client, int firstHook) {
      this.client = client;
      this.firstHook = firstHook;
    }
  }

  private Attached attach(String[] line) throws Exception {
    Attached known = attached.get(line[0]);
    if (known != null) {
      return known;
    }
    if (jdk == null) {
      Jdk found = Jdk.current();
      found.open(instrumentation, new String[] {"java.base/java.net"});
      found.defineBridge(bridge());
      policy = PrivilegedPolicy.of(TokenPolicies.create(configuration, log()));
      jdk = found;
    }
    Client client =
        Class.forName(line[0])
            .asSubclass(Client.class)
            .getConstructor(TokenPolicy.class)
            .newInstance(policy);
    jdk.open(instrumentation, client.opens());
    Attached now = new Attached(client, Hooks.add(client.hooks(), log()));
    attached.put(line[0], now);
    return now;
  }

  private static byte[] bridge() throws IOException {
    try (InputStream in =
        Transformer.class
            .getClassLoader()
            .getResourceAsStream("java/net/GenesysTokenBridge.class")) {
      byte[] bytes = new byte[in.available()];
      new DataInputStream(in).readFully(bytes);
      return bytes;
    }
  }
}

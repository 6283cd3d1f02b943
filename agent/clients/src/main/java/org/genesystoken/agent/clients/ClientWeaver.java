package org.genesystoken.agent.clients;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.genesystoken.agent.clients.weave.ClassWeave;
import org.genesystoken.agent.clients.weave.Client;
import org.genesystoken.agent.clients.weave.LibraryClient;
import org.genesystoken.agent.clients.weave.Weaver;
import org.genesystoken.agent.core.config.Configuration;
import org.genesystoken.agent.core.log.AgentLog;
import org.genesystoken.agent.core.policy.TokenPolicies;
import org.genesystoken.agent.core.policy.TokenPolicy;
import org.slf4j.Logger;

/**
 * Brings bridge, policy and Byte Buddy into being with the first class of a client, and weaves. A
 * class of its own, because the JVM's verifier loads what it mentions. Thread-safe.
 */
final class ClientWeaver {
  private final Configuration configuration;
  private final Instrumentation instrumentation;
  private final Map<String, Attached> attached = new HashMap<>();
  private final Set<String> woven = ConcurrentHashMap.newKeySet();
  private final Set<String> warned = ConcurrentHashMap.newKeySet();
  private Jdk jdk;
  private Logger log;
  private TokenPolicy policy;

  ClientWeaver(Configuration configuration, Instrumentation instrumentation) {
    this.configuration = configuration;
    this.instrumentation = instrumentation;
  }

  /**
   * Weaves a class of a client.
   *
   * @param client the client's line in {@link Clients}
   * @param className an internal name
   * @param loader the class's loader, null: the bootstrap loader
   * @param loaded the class if it is loaded already, otherwise null
   * @return the woven class file, or null: the class stays as it is
   */
  // Not synchronized: it asks the loader, which may wait for who waits for us.
  byte[] weave(
      String[] client, String className, byte[] classFile, ClassLoader loader, Class<?> loaded) {
    Attached to = null;
    try {
      to = attach(client);
      for (ClassWeave weave : to.client.weaves()) {
        if (weave.name().equals(className)) {
          Weaver.check(weave, loader);
          byte[] changed = Weaver.weave(weave, classFile, to.firstHook, loaded);
          woven.add(className);
          log().debug("woven {}", className);
          return changed;
        }
      }
      return null;
    } catch (Throwable failure) {
      // An AssertionError or a LinkageError too: nothing of ours may stop a class from loading.
      if (to == null || !(to.client instanceof LibraryClient)) {
        warn(className, "this Java differs from those", failure);
      } else if (warned.add(className)) {
        // Once, however many loaders of the app have such a library.
        warn(className, "this version of the library differs from those", failure);
      }
      return null;
    }
  }

  /** Loads and weaves what there is, and says so. Not under the lock: weaving takes it. */
  void selfTest() {
    try {
      SelfTest.run(ClientWeaver.class.getClassLoader().getParent(), woven, log());
    } catch (Throwable failure) {
      warn("the self-test", "this Java differs from those", failure);
    }
  }

  private void warn(String className, String why, Throwable failure) {
    try {
      log()
          .warn(
              "{} is left as it is, calls through it are not covered: {} that the agent knows ({})",
              className,
              why,
              failure.toString());
      log().debug("weaving failed", failure);
    } catch (Throwable unprintable) {
      // There is nobody left to tell.
    }
  }

  private synchronized Logger log() {
    if (log == null) {
      log = AgentLog.of(configuration);
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

  private synchronized Attached attach(String[] line) throws Exception {
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
        ClientWeaver.class
            .getClassLoader()
            .getResourceAsStream("java/net/GenesysTokenBridge.class")) {
      byte[] bytes = new byte[in.available()];
      new DataInputStream(in).readFully(bytes);
      return bytes;
    }
  }
}

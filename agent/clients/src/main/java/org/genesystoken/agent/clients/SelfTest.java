package org.genesystoken.agent.clients;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;

/**
 * Tells, at log level debug, what the agent steps into in this JVM: loads the classes of the JDK's
 * own clients, which weaves them, and looks what came of it. At other levels they are woven when
 * the app loads them. Classes are loaded only, not initialised, as that is for the app to begin.
 */
final class SelfTest {
  private SelfTest() {}

  /**
   * @param loader sees all clients of this Java
   * @param woven the internal names of the classes that are woven, which the loading adds to
   */
  static void run(ClassLoader loader, Set<String> woven, Logger log) {
    for (String[] client : Clients.ALL) {
      String name = client[0].substring(client[0].lastIndexOf('.') + 1);
      List<String> done = new ArrayList<>();
      List<String> left = new ArrayList<>();
      for (int i = 1; i < client.length; i++) {
        if (isThere(client[i], loader)) {
          (woven.contains(client[i]) ? done : left).add(client[i]);
        }
      }
      if (done.isEmpty() && left.isEmpty()) {
        log.debug("self-test: {} has nothing to step into yet", name);
      } else if (left.isEmpty()) {
        log.debug("self-test: {} is woven into {}", name, done);
      } else {
        log.warn("self-test: {} is woven into {} but not into {}", name, done, left);
      }
    }
  }

  private static boolean isThere(String className, ClassLoader loader) {
    try {
      Class.forName(className.replace('/', '.'), false, loader);
      return true;
    } catch (ClassNotFoundException | LinkageError ofAnotherJava) {
      return false;
    }
  }
}

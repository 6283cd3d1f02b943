package org.genesystoken.agent.clients;

import java.io.InputStream;
import java.util.List;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.helpers.NOPLogger;

/** Puts the bridge where woven code finds it, as the agent does, once in a test JVM. */
public final class BridgeFixture {
  private static boolean defined;

  private BridgeFixture() {}

  /**
   * Adds hooks to the bridge.
   *
   * @return the number of the first
   */
  public static int add(List<BiFunction<Object, Object, Object>> hooks) throws Exception {
    return add(hooks, NOPLogger.NOP_LOGGER);
  }

  static synchronized int add(List<BiFunction<Object, Object, Object>> hooks, Logger log)
      throws Exception {
    if (!defined) {
      try (InputStream in =
          BridgeFixture.class
              .getClassLoader()
              .getResourceAsStream("java/net/GenesysTokenBridge.class")) {
        Jdk.current().defineBridge(in.readAllBytes());
      }
      defined = true;
    }
    return Hooks.add(hooks, log);
  }
}

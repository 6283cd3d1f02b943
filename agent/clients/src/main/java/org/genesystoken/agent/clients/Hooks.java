package org.genesystoken.agent.clients;

import java.net.GenesysTokenBridge;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.slf4j.Logger;

/** Puts hooks into the bridge. */
final class Hooks {
  private Hooks() {}

  /**
   * Adds a client's hooks behind those that are there.
   *
   * @return the number of the first of them
   */
  static int add(List<BiFunction<Object, Object, Object>> added, Logger log) {
    BiFunction<Object, Object, Object>[] before = GenesysTokenBridge.hooks;
    int first = before.length;
    BiFunction<Object, Object, Object>[] after = Arrays.copyOf(before, first + added.size());
    for (int i = 0; i < added.size(); i++) {
      after[first + i] = new Guarded(added.get(i), log);
    }
    GenesysTokenBridge.hooks = after;
    return first;
  }

  /** Tells of a hook's first failure; the bridge would swallow it in silence. */
  private static final class Guarded implements BiFunction<Object, Object, Object> {
    private final BiFunction<Object, Object, Object> hook;
    private final Logger log;
    private boolean told;

    Guarded(BiFunction<Object, Object, Object> hook, Logger log) {
      this.hook = hook;
      this.log = log;
    }

    @Override
    public Object apply(Object value, Object context) {
      try {
        return hook.apply(value, context);
      } catch (Throwable failure) {
        if (!told) {
          told = true;
          log.warn(
              "a call goes on as without the agent, because the agent failed in {}: {}",
              hook.getClass().getSimpleName(),
              failure.toString());
          log.debug("hook failed", failure);
        }
        return value;
      }
    }
  }
}

package org.genesystoken.agent.clients.weave;

import java.util.List;
import java.util.function.BiFunction;

/** One HTTP client: what is woven into it, and what the woven code then calls. */
public interface Client {
  /** Every class that the client is woven in, in no order. */
  List<ClassWeave> weaves();

  /**
   * What the woven code calls, by the numbers that {@link Code#hook} is given.
   *
   * <p>A hook is given a value and a context and returns the value that the woven code goes on
   * with; see the weaves for what is what. Hooks are called by any thread of the app.
   */
  List<BiFunction<Object, Object, Object>> hooks();

  /** Packages that the hooks reach into by reflection, as {@code module/package}. */
  String[] opens();
}

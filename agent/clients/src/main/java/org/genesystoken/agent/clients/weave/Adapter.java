package org.genesystoken.agent.clients.weave;

import java.util.List;
import java.util.function.BiFunction;

/**
 * What the woven code of a library calls, in one of the app's loaders. An implementation has a
 * public constructor that takes the {@code TokenPolicy}.
 */
public interface Adapter {
  /**
   * By the numbers that {@link Code#hook} is given. A hook gets a value, and what {@link
   * Code#context} collected; it returns the value that the woven code goes on with. Hooks are
   * called by any thread of the app.
   */
  List<BiFunction<Object, Object, Object>> hooks();
}

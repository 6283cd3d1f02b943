package org.genesystoken.agent.clients.weave;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * A client whose classes are the app's own: a library in whatever loader the app uses, perhaps in
 * several at once and in different versions.
 *
 * <p>It is woven like any other, but what its hooks do stands in an {@link Adapter}, of which each
 * of the app's loaders gets its own (see {@link AdapterLoader}): so the adapter is ordinary Java
 * against the library's types. Which one a call belongs to is told by the woven class, with which
 * {@link Code#context} begins every context. The adapter hangs on the library's class, and nothing
 * else holds it: when the app is undeployed both go.
 */
public abstract class LibraryClient implements Client {
  private final List<BiFunction<Object, Object, Object>> hooks = new ArrayList<>();

  /**
   * @param policy what the adapter asks
   * @param adapter the class name of the {@link Adapter}, in the package of this client, all
   *     classes of which but this one may use the library's types
   * @param anchor the internal name of a class of the library that is in every version of it
   * @param count how many hooks the adapter has
   */
  protected LibraryClient(TokenPolicy policy, String adapter, String anchor, int count) {
    Adapters adapters = new Adapters(policy, adapter, anchor.replace('/', '.'));
    for (int i = 0; i < count; i++) {
      hooks.add(new AdapterHook(adapters, i));
    }
  }

  @Override
  public final List<BiFunction<Object, Object, Object>> hooks() {
    return hooks;
  }

  /** None: adapters use what the library makes public. */
  @Override
  public final String[] opens() {
    return new String[0];
  }

  /** Calls the hook of the adapter that the woven class has. */
  private static final class AdapterHook implements BiFunction<Object, Object, Object> {
    private final Adapters adapters;
    private final int number;

    AdapterHook(Adapters adapters, int number) {
      this.adapters = adapters;
      this.number = number;
    }

    @Override
    public Object apply(Object value, Object context) {
      Adapter adapter = adapters.get((Class<?>) ((Object[]) context)[0]);
      return adapter.hooks().get(number).apply(value, context);
    }
  }
}

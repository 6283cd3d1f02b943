package org.genesystoken.agent.clients.weave;

import java.security.AccessController;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * The adapters of one library, one for each loader that has the library. A {@code ClassValue},
 * because the JVM keeps its values with the class that they are for: a map of ours would keep the
 * class, its loader and all of an app that has been undeployed. Thread-safe.
 */
final class Adapters extends ClassValue<Adapter> {
  private final TokenPolicy policy;
  private final String adapter;
  private final String anchor;

  Adapters(TokenPolicy policy, String adapter, String anchor) {
    this.policy = policy;
    this.adapter = adapter;
    this.anchor = anchor;
  }

  /**
   * The adapter of the anchor, which all woven classes of a loader share.
   *
   * @throws IllegalStateException if there can be none; each call then goes on as without the agent
   */
  @Override
  protected Adapter computeValue(Class<?> woven) {
    try {
      ClassLoader loader = loader(woven);
      Class<?> shared = Class.forName(anchor, false, loader);
      return shared == woven ? create(loader) : get(shared);
    } catch (ReflectiveOperationException | PrivilegedActionException unusable) {
      throw new IllegalStateException(unusable);
    }
  }

  private static ClassLoader loader(Class<?> woven) throws PrivilegedActionException {
    return AccessController.doPrivileged(
        (PrivilegedExceptionAction<ClassLoader>) woven::getClassLoader);
  }

  private Adapter create(ClassLoader loader) throws PrivilegedActionException {
    // The app's code is on the stack, and may not make loaders.
    return AccessController.doPrivileged(
        (PrivilegedExceptionAction<Adapter>)
            () ->
                Class.forName(adapter, true, new AdapterLoader(loader, adapter))
                    .asSubclass(Adapter.class)
                    .getConstructor(TokenPolicy.class)
                    .newInstance(policy));
  }
}

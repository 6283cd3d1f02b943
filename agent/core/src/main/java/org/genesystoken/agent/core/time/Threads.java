package org.genesystoken.agent.core.time;

/** How the running Java makes a thread that takes over as little as it can from its maker. */
abstract class Threads {
  /** The Java that runs this. */
  static Threads current() {
    if (System.getProperty("java.specification.version").startsWith("1.")) {
      return new Inheriting();
    }
    try {
      // By name, because its class file is of Java 9.
      return Class.forName("org.genesystoken.agent.core.time.UninheritingThreads")
          .asSubclass(Threads.class)
          .getDeclaredConstructor()
          .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the jar is not whole", e);
    }
  }

  /** A thread that has not begun. */
  abstract Thread of(ThreadGroup group, Runnable task, String name);

  /** Java 8 has no public way without the inheritable thread-locals. */
  private static final class Inheriting extends Threads {
    @Override
    Thread of(ThreadGroup group, Runnable task, String name) {
      return new Thread(group, task, name);
    }
  }
}

package org.genesystoken.agent.core.time;

/**
 * Java 9 and later: without the inheritable thread-locals. Not by reflection on the constructor:
 * with five arguments that has a newer JDK make dozens of classes of method handles.
 */
final class UninheritingThreads extends Threads {
  UninheritingThreads() {}

  @Override
  Thread of(ThreadGroup group, Runnable task, String name) {
    return new Thread(group, task, name, 0, false);
  }
}

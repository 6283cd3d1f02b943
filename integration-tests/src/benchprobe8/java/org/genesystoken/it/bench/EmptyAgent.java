package org.genesystoken.it.bench;

import java.lang.instrument.Instrumentation;

/** An agent that does nothing: what the JVM takes for {@code -javaagent} itself. */
public final class EmptyAgent {
  private EmptyAgent() {}

  /** Called by the JVM. */
  public static void premain(String argument, Instrumentation instrumentation) {}
}

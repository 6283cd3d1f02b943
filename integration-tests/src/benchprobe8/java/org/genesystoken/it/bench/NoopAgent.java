package org.genesystoken.it.bench;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;

/** An agent that looks at each class and changes none: the least that any weaving agent costs. */
public final class NoopAgent implements ClassFileTransformer {
  private NoopAgent() {}

  /** Called by the JVM. */
  public static void premain(String argument, Instrumentation instrumentation) {
    instrumentation.addTransformer(new NoopAgent(), true);
  }

  @Override
  public byte[] transform(
      ClassLoader loader,
      String className,
      Class<?> redefined,
      ProtectionDomain domain,
      byte[] classFile) {
    return null;
  }
}

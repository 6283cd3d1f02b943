package org.genesystoken.agent.premain;

import java.util.function.Supplier;

/** A class that the test's class path has, and a pack too. */
public final class Hidden implements Supplier<String> {
  @Override
  public String get() {
    return "hidden";
  }
}

package org.genesystoken.agent.core.config;

import java.util.Objects;

/**
 * A value that must never be printed: {@link #toString} shows only that there is one. Immutable.
 */
public final class Secret {
  private final String value;

  public Secret(String value) {
    this.value = Objects.requireNonNull(value);
  }

  /** The value itself, never null. Callers pass it on to the wire and to nothing else. */
  public String value() {
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret && value.equals(((Secret) other).value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "***";
  }
}

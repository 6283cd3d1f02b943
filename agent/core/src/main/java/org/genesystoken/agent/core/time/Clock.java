package org.genesystoken.agent.core.time;

/** The two clocks of the machine. Thread-safe. */
public interface Clock {
  /** The JVM's own. */
  Clock SYSTEM =
      new Clock() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public long currentTimeMillis() {
          return System.currentTimeMillis();
        }
      };

  /**
   * Monotonic nanoseconds from an arbitrary origin; may wrap, so only differences mean anything.
   */
  long nanoTime();

  /** Milliseconds since 1970: may jump, but goes on while the machine is suspended. */
  long currentTimeMillis();
}

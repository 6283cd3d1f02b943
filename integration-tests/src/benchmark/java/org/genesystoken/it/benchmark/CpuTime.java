package org.genesystoken.it.benchmark;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * What a call costs in the processor's time of its thread: beside JMH's time on the wall, which
 * also counts what else a machine is doing.
 */
final class CpuTime {
  private static final int ROUNDS = 12;
  private static final int CALLS = 500_000;

  /** Written, so that no call is optimised away; plain, so that a write costs nothing. */
  static Object last;

  private CpuTime() {}

  /** What is measured. */
  interface Call {
    Object run() throws Exception;
  }

  /** The best round's nanoseconds a call; the first rounds only warm up. */
  static double nanosOf(Call call) throws Exception {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    double best = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long start = threads.getCurrentThreadCpuTime();
      for (int i = 0; i < CALLS; i++) {
        last = call.run();
      }
      long end = threads.getCurrentThreadCpuTime();
      best = Math.min(best, (end - start) / (double) CALLS);
    }
    return best;
  }
}

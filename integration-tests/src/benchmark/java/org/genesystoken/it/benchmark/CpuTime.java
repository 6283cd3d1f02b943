package org.genesystoken.it.benchmark;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * What a call costs in the processor's time of its thread: beside JMH's time on the wall, which
 * also counts what else a machine is doing.
 */
final class CpuTime {
  private static final int ROUNDS = 12;

  /** So long that the clock between two batches is some percent of the cheapest call at most. */
  private static final int BATCH = 10_000;

  private static final long ROUND_NANOS = 50_000_000;

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
      long calls = 0;
      long spent;
      do {
        for (int i = 0; i < BATCH; i++) {
          last = call.run();
        }
        calls += BATCH;
        spent = threads.getCurrentThreadCpuTime() - start;
      } while (spent < ROUND_NANOS);
      best = Math.min(best, spent / (double) calls);
    }
    return best;
  }
}

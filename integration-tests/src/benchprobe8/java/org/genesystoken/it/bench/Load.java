package org.genesystoken.it.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Calls back to back. A warm-up first, then slices: each time that a line of two numbers comes in
 * on stdin, so many threads are measured for so many milliseconds. Slices of several JVMs can so be
 * made in turns, while the others are idle.
 */
public final class Load {
  private static final int BUCKET_MILLIS = 50;

  /** The JVM's compiler counts as idle below so many milliseconds of work in a round. */
  private static final int IDLE_MILLIS = 50;

  private static final int IDLE_ROUNDS = 3;

  /** A call that takes so long, in milliseconds, is not answered any more. */
  private static final long PATIENCE = 20_000;

  private final Caller caller;
  private final String url;

  private Load(Caller caller, String url) {
    this.caller = caller;
    this.url = url;
  }

  /**
   * Runs until stdin ends.
   *
   * @param arguments client, URL, and the warm-up: so many calls; or, behind a colon, threads that
   *     call in parallel until the JVM's compiler has had next to nothing to do in three rounds, in
   *     30 rounds at most, one number after the other
   */
  public static void main(String[] arguments) throws Exception {
    Load load = new Load(Caller.of(arguments[0]), arguments[1]);
    // No Scanner: its regular expressions bring the JVM's first strings that are not Latin-1, and
    // what has been compiled of the client without them is thrown away.
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "US-ASCII"));
    String warmUp = arguments[2];
    if (warmUp.startsWith(":")) {
      for (String threads : warmUp.substring(1).split(",", -1)) {
        load.untilCompiled(Integer.parseInt(threads));
      }
    } else {
      load.calls(Integer.parseInt(warmUp));
      System.gc();
      // G1 gives back beside the app what it has collected, some time after the collection.
      Thread.sleep(1000);
      Usage.print();
    }
    System.out.println("ready");
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      int space = line.indexOf(' ');
      load.slice(
              Integer.parseInt(line.substring(0, space)),
              Integer.parseInt(line.substring(space + 1)))
          .print();
    }
  }

  private void calls(int count) throws IOException, InterruptedException {
    int failed = 0;
    for (int i = 0; i < count; i++) {
      failed += caller.get(url) == 200 ? 0 : 1;
    }
    System.out.println("failed " + failed);
  }

  /**
   * A compiler at work takes one of two cores: its share of a slice is a matter of luck, and many
   * times what is to be measured. Beside 32 threads it comes to its work so rarely that half of the
   * client would be interpreted for minutes, so it gets the machine for itself after each round.
   * Says so if it is at work still.
   */
  private void untilCompiled(int threads) throws InterruptedException {
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    int idle = 0;
    for (int round = 0; idle < IDLE_ROUNDS && round < 30; round++) {
      long before = compiler.getTotalCompilationTime();
      // Printed, so that what prints is compiled too.
      slice(threads, 500).print();
      long compiled;
      do {
        compiled = compiler.getTotalCompilationTime();
        Thread.sleep(200);
      } while (compiler.getTotalCompilationTime() > compiled);
      idle = compiled - before < IDLE_MILLIS ? idle + 1 : 0;
    }
    if (idle < IDLE_ROUNDS) {
      System.out.println("compiling");
    }
  }

  private Slice slice(int threads, long millis) throws InterruptedException {
    List<Worker> workers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      workers.add(new Worker(millis));
    }
    long allocated = Usage.allocated();
    long start = System.nanoTime();
    for (Worker worker : workers) {
      worker.start(start);
    }
    for (Worker worker : workers) {
      worker.done();
    }
    // Before the workers end: what a thread has allocated is gone with it.
    long bytes = Usage.allocated() - allocated;
    double seconds = (System.nanoTime() - start) / 1e9;
    for (Worker worker : workers) {
      worker.end();
    }
    return new Slice(workers, bytes, seconds, (int) (millis / BUCKET_MILLIS) + 1);
  }

  /** One thread of the app's. */
  private final class Worker extends Thread {
    private final long millis;
    private final List<long[]> calls = new ArrayList<>();
    private long start;
    private boolean done;
    private boolean mayEnd;
    private long[] filling;
    private int filled;

    Worker(long millis) {
      this.millis = millis;
      setDaemon(true);
      nextBlock();
    }

    void start(long now) {
      start = now;
      start();
    }

    @Override
    public void run() {
      long end = start + TimeUnit.MILLISECONDS.toNanos(millis);
      for (long before = System.nanoTime(); before < end; ) {
        boolean good = call();
        long after = System.nanoTime();
        note(after - start, good ? after - before : -1);
        before = after;
      }
      synchronized (this) {
        done = true;
        notifyAll();
        while (!mayEnd) {
          try {
            wait();
          } catch (InterruptedException nobodyDoes) {
            return;
          }
        }
      }
    }

    private boolean call() {
      try {
        return caller.get(url) == 200;
      } catch (IOException | InterruptedException failed) {
        return false;
      }
    }

    /**
     * Two numbers a call, in blocks, so that noting takes next to nothing: a slice of 200 ms needs
     * the first only, which is there before the slice.
     */
    private void note(long at, long took) {
      if (filled == filling.length) {
        nextBlock();
      }
      filling[filled++] = at;
      filling[filled++] = took;
    }

    private void nextBlock() {
      filling = new long[1 << 14];
      filled = 0;
      calls.add(filling);
    }

    synchronized void done() throws InterruptedException {
      for (long since = System.nanoTime(); !done; wait(PATIENCE)) {
        if (System.nanoTime() - since >= TimeUnit.MILLISECONDS.toNanos(PATIENCE)) {
          throw new IllegalStateException("a call that is never answered");
        }
      }
    }

    synchronized void end() {
      mayEnd = true;
      notifyAll();
    }

    List<long[]> calls() {
      List<long[]> whole = new ArrayList<>(calls);
      whole.set(whole.size() - 1, Arrays.copyOf(filling, filled));
      return whole;
    }
  }

  /** What came of a slice. */
  private static final class Slice {
    private final long[] nanos;
    private final int good;
    private final int failed;
    private final long bytes;
    private final double seconds;
    private final int[] buckets;

    Slice(List<Worker> workers, long bytes, double seconds, int buckets) {
      this.bytes = bytes;
      this.seconds = seconds;
      this.buckets = new int[buckets];
      int size = 0;
      for (Worker worker : workers) {
        for (long[] block : worker.calls()) {
          size += block.length / 2;
        }
      }
      long[] all = new long[size];
      int count = 0;
      for (Worker worker : workers) {
        for (long[] block : worker.calls()) {
          for (int i = 0; i < block.length; i += 2) {
            if (block[i + 1] >= 0) {
              all[count++] = block[i + 1];
              int bucket = (int) (block[i] / 1_000_000 / BUCKET_MILLIS);
              this.buckets[Math.min(bucket, buckets - 1)]++;
            }
          }
        }
      }
      nanos = Arrays.copyOf(all, count);
      Arrays.sort(nanos);
      good = count;
      failed = size - count;
    }

    void print() {
      System.out.println("rate " + good / seconds);
      System.out.println("p50 " + percentile(50));
      System.out.println("p99 " + percentile(99));
      System.out.println("bytes " + (good + failed == 0 ? 0 : bytes / (good + failed)));
      System.out.println("failed " + failed);
      StringBuilder line = new StringBuilder("buckets");
      for (int bucket : buckets) {
        line.append(' ').append(bucket);
      }
      System.out.println(line);
      System.out.println("end");
    }

    /** Microseconds. */
    private double percentile(int percent) {
      return nanos.length == 0 ? -1 : nanos[(int) ((long) nanos.length * percent / 100)] / 1e3;
    }
  }
}

package org.genesystoken.it.bench;

import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.charset.StandardCharsets;

/** What this JVM takes of the machine. */
final class Usage {
  private Usage() {}

  /**
   * Prints resident set size, now and at its peak, in KiB, used heap and Metaspace, in bytes; -1:
   * this machine does not tell.
   */
  static void print() {
    System.out.println("rss " + kib("VmRSS:"));
    System.out.println("peak " + kib("VmHWM:"));
    System.out.println(
        "heap " + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    System.out.println("metaspace " + metaspace());
  }

  /** Bytes that all threads which are alive have allocated. */
  static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = 0;
    for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
      sum += Math.max(0, bytes);
    }
    return sum;
  }

  private static long kib(String field) {
    try (BufferedReader status =
        new BufferedReader(
            new InputStreamReader(
                new FileInputStream("/proc/self/status"), StandardCharsets.US_ASCII))) {
      for (String line = status.readLine(); line != null; line = status.readLine()) {
        if (line.startsWith(field)) {
          String digits = line.substring(field.length(), line.length() - "kB".length());
          return Long.parseLong(digits.trim());
        }
      }
      return -1;
    } catch (IOException notLinux) {
      return -1;
    }
  }

  private static long metaspace() {
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getName().equals("Metaspace")) {
        return pool.getUsage().getUsed();
      }
    }
    return -1;
  }
}

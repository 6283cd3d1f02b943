package org.genesystoken.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process that says what it measures, line by line, as a word and a number. One thread. */
final class Child implements AutoCloseable {
  private static final double NANOS = 1e9;

  private final Process process;
  private final BufferedReader out;
  private final Writer in;

  private Child(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    ForkedApp.clear(builder.environment());
    builder.redirectError(ForkedApp.target("benchmark.stderr").toFile());
    process = builder.start();
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    in = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
  }

  static Child start(List<String> command) throws IOException {
    return new Child(command);
  }

  /**
   * Runs a command to its end, and adds to what it says {@code cpu} (user and system) and {@code
   * wall}, both in milliseconds.
   */
  static Map<String, String> time(List<String> command) throws IOException, InterruptedException {
    // The shell's own time: to the millisecond, where others count in hundredths of a second.
    List<String> timed =
        new java.util.ArrayList<>(
            List.of("bash", "-c", "TIMEFORMAT='cpu %U %S'; { time \"$@\"; } 2>&1", "time"));
    timed.addAll(command);
    long start = System.nanoTime();
    try (Child child = new Child(timed)) {
      Map<String, String> said = child.until(null);
      int exit = child.process.waitFor();
      double wall = (System.nanoTime() - start) / NANOS * 1000;
      if (exit != 0) {
        throw new IOException("exit code " + exit + " of " + command + ": " + said);
      }
      String[] cpu = said.get("cpu").replace(',', '.').split(" ", -1);
      double seconds = Double.parseDouble(cpu[0]) + Double.parseDouble(cpu[1]);
      said.put("cpu", String.valueOf(seconds * 1000));
      said.put("wall", String.valueOf(wall));
      return said;
    }
  }

  /** A line for its stdin. That it has ended is told by {@link #until}. */
  void say(String line) {
    try {
      in.write(line + "\n");
      in.flush();
    } catch (IOException ended) {
      // It is told, with all that it has said, when its answer is read.
    }
  }

  /** What it says up to a line of that word alone, or with it; null: to its end. */
  Map<String, String> until(String word) throws IOException {
    Map<String, String> said = new HashMap<>();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      String[] parts = line.split(" ", 2);
      said.put(parts[0], parts.length == 1 ? "" : parts[1]);
      if (parts[0].equals(word)) {
        return said;
      }
    }
    if (word != null) {
      throw new IOException("it ended without a word of " + word + "; so far " + said);
    }
    return said;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

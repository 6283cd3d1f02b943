package org.genesystoken.agent.core;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A main method of the tests in a JVM of its own. One thread. */
public final class ForkedJava implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;

  private ForkedJava(Process process) {
    this.process = process;
    this.output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Starts the class with the class path of the tests. */
  public static ForkedJava main(Class<?> main, String... arguments) throws IOException {
    List<String> all = new ArrayList<>();
    all.add("-cp");
    all.add(System.getProperty("java.class.path"));
    all.add(main.getName());
    all.addAll(Arrays.asList(arguments));
    return java(all.toArray(new String[0]));
  }

  /** Starts {@code java} with these arguments. */
  public static ForkedJava java(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    // most forks are short: what the compilers would gain is less than what they cost
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(Arrays.asList(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    return new ForkedJava(process);
  }

  /** The next line of what it prints, null when it has ended. */
  public String line() throws IOException {
    return output.readLine();
  }

  /** Kills it, as a crash does: no shutdown hook, no finally. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /**
   * Waits for its end, a minute at most.
   *
   * @return the exit code
   */
  public int end() throws InterruptedException {
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      throw new IllegalStateException("the forked JVM does not end");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

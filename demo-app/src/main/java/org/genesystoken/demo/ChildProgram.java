package org.genesystoken.demo;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A legacy program in a JVM of its own, with or without the agent. Thread-safe. */
final class ChildProgram {
  private static final int STDERR_LINES_KEPT = 8;

  private final Process process;
  private final List<String> stderr = new ArrayList<>();
  private Thread stderrReader;

  private ChildProgram(Process process) {
    this.process = process;
  }

  /**
   * @param classes where the legacy programs are
   * @param agentJar null: without the agent
   * @param onLine gets each line of its stdout, on another thread
   * @param onEnd is told, on that thread, that no line follows
   */
  static ChildProgram start(
      Program legacy,
      File classes,
      int seconds,
      Platform platform,
      File agentJar,
      Consumer<String> onLine,
      Runnable onEnd)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    if (agentJar != null) {
      command.add("-javaagent:" + agentJar + "=" + platform.agentOptions());
    }
    command.add("-cp");
    command.add(legacy.classPath(classes));
    command.add(legacy.mainClass);
    command.add(platform.baseUrl());
    command.add(String.valueOf(seconds));

    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    // what the user has set for an agent of their own must not bend the picture
    environment.keySet().removeIf(name -> name.startsWith("GENESYS_"));
    if (agentJar != null) {
      environment.putAll(platform.agentEnvironment());
    }
    environment.put("API_TOKEN", platform.staticToken());

    ChildProgram program = new ChildProgram(builder.start());
    Runtime.getRuntime().addShutdownHook(new Thread(program.process::destroy));
    program.process.getOutputStream().close();
    program.stderrReader = read(program.process.getErrorStream(), program::keep, () -> {});
    read(program.process.getInputStream(), onLine, onEnd);
    return program;
  }

  /** Ends it if it has not ended by itself within two seconds. */
  void end() throws InterruptedException {
    if (!process.waitFor(2, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    stderrReader.join(2000);
  }

  /** The last lines of what it wrote on stderr. */
  List<String> stderr() {
    synchronized (stderr) {
      return new ArrayList<>(stderr);
    }
  }

  private void keep(String line) {
    synchronized (stderr) {
      if (stderr.size() == STDERR_LINES_KEPT) {
        stderr.remove(0);
      }
      stderr.add(line);
    }
  }

  private static Thread read(InputStream in, Consumer<String> onLine, Runnable onEnd) {
    Thread thread =
        new Thread(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(new InputStreamReader(in, Charset.defaultCharset()))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                  onLine.accept(line);
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              } finally {
                onEnd.run();
              }
            },
            "child-output");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}

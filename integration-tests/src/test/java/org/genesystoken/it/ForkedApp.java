package org.genesystoken.it;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The probe app in a JVM of its own. Commands go in one by one; what the app sees comes back as
 * lines. Everything on stdout that the app did not write itself is kept apart. One thread.
 */
final class ForkedApp implements AutoCloseable {
  private static final String DONE = "done";
  private static final String MARK = "| ";

  private final Process process;
  private final Writer stdin;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final List<String> ownStdout = new CopyOnWriteArrayList<>();
  private final List<String> foreignStdout = new CopyOnWriteArrayList<>();
  private final List<String> stderr = new CopyOnWriteArrayList<>();
  private final CountDownLatch stderrBegun = new CountDownLatch(1);
  private final Thread outPump;
  private final Thread errPump;

  private ForkedApp(Process process) {
    this.process = process;
    stdin = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    outPump = pump(process.getInputStream(), this::stdoutLine);
    errPump = pump(process.getErrorStream(), this::stderrLine);
  }

  /** How to start the app; each method returns a changed copy. Immutable. */
  record Launch(
      Jdks.Jdk jdk,
      List<String> jvmArgs,
      Map<String, String> environment,
      List<String> classPath,
      List<String> program) {
    static Launch on(Jdks.Jdk jdk) {
      List<String> probe = jdk.release() < 11 ? List.of("probe8") : List.of("probe8", "probe11");
      return new Launch(
          jdk, List.of(), Map.of(), probe, List.of("org.genesystoken.it.probe.Probe"));
    }

    /** With what a client needs on the class path. */
    Launch with(Client client) {
      return withClassPath(client.classPath()).with(client.jvmArgs(jdk));
    }

    /**
     * @param entries folders in the build output, besides the probe's own
     */
    Launch withClassPath(String... entries) {
      return new Launch(jdk, jvmArgs, environment, and(classPath, entries), program);
    }

    /**
     * A program that comes to the probe in its own way.
     *
     * @param entries all of its class path
     * @param mainAndArguments the name of its class, then what it is told
     */
    Launch running(List<String> entries, String... mainAndArguments) {
      return new Launch(jdk, jvmArgs, environment, entries, List.of(mainAndArguments));
    }

    /** With all of the JVM's compilers, for apps that run longer than it takes to start them. */
    Launch atFullSpeed() {
      return with("-XX:TieredStopAtLevel=4");
    }

    Launch with(String... args) {
      return new Launch(jdk, and(jvmArgs, args), environment, classPath, program);
    }

    /**
     * @param arguments what follows the jar and {@code =}; empty: nothing
     */
    Launch withAgent(String arguments) {
      return with(javaAgent(arguments));
    }

    Launch withEnvironment(String name, String value) {
      Map<String, String> more = new LinkedHashMap<>(environment);
      more.put(name, value);
      return new Launch(jdk, jvmArgs, more, classPath, program);
    }

    /** With a line in a file for each class that the JVM loads. */
    Launch loggingClasses(Path file) {
      return jdk.release() > 8
          ? with("-Xlog:class+load:file=" + file)
          : with(
              "-XX:+TraceClassLoading",
              "-XX:+UnlockDiagnosticVMOptions",
              "-XX:+LogVMOutput",
              "-XX:-DisplayVMOutput",
              "-XX:LogFile=" + file);
    }

    /** Where a library's own use of Unsafe is worth a warning of Java 24 and later on stderr. */
    Launch allowingUnsafe() {
      return jdk.release() < 24 ? this : with("--sun-misc-unsafe-memory-access=allow");
    }

    private static List<String> and(List<String> these, String... those) {
      List<String> all = new ArrayList<>(these);
      all.addAll(List.of(those));
      return all;
    }

    ForkedApp start() {
      List<String> command = new ArrayList<>();
      command.add(jdk.java().toString());
      command.add("-Xmx256m");
      // the apps live for seconds, and half of those would be spent on code that is hardly run
      command.add("-XX:TieredStopAtLevel=1");
      command.addAll(jvmArgs);
      command.add("-cp");
      command.add(
          classPath.stream()
              .map(entry -> target("") + File.separator + entry)
              .collect(Collectors.joining(File.pathSeparator)));
      command.addAll(program);
      ProcessBuilder builder = new ProcessBuilder(command);
      clear(builder.environment());
      builder.environment().putAll(environment);
      try {
        return new ForkedApp(builder.start());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Takes away whatever of the build's environment could configure a JVM or the agent. */
  static void clear(Map<String, String> environment) {
    environment
        .keySet()
        .removeIf(
            name ->
                name.startsWith("GENESYS_")
                    || name.endsWith("JAVA_OPTIONS")
                    || name.equals("JAVA_TOOL_OPTIONS")
                    || name.equals("CLASSPATH"));
  }

  /** The JVM flag that attaches the packaged jar. */
  static String javaAgent(String arguments) {
    return "-javaagent:" + agentJar() + (arguments.isEmpty() ? "" : "=" + arguments);
  }

  /** The packaged jar; a missing one fails every test, on purpose. */
  static Path agentJar() {
    Path jar = Path.of(System.getProperty("agent.jar", "not set: -Dagent.jar"));
    if (!jar.toFile().isFile()) {
      throw new IllegalStateException("no agent jar at " + jar + ": package agent/dist first");
    }
    return jar.toAbsolutePath();
  }

  /** A file or folder of this module's build output. */
  static Path target(String name) {
    return Path.of(System.getProperty("it.target", "target")).toAbsolutePath().resolve(name);
  }

  /** What the app answers to one command. */
  List<String> run(String command) {
    return run(command, 60);
  }

  List<String> run(String command, int seconds) {
    try {
      stdin.write(command + "\n");
      stdin.flush();
      List<String> lines = new ArrayList<>();
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      while (true) {
        String line = answers.poll(100, TimeUnit.MILLISECONDS);
        if (DONE.equals(line)) {
          return lines;
        }
        if (line != null) {
          lines.add(line);
        } else if (System.nanoTime() > deadline || (!process.isAlive() && answers.isEmpty())) {
          // what hangs once hangs the commands after it, too
          process.destroyForcibly();
          throw new IllegalStateException(
              "no answer to " + command + "; so far " + lines + "; stderr " + stderr);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the app is gone; stderr " + stderr, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** As {@link #finish(int)}, with patience. */
  int finish() {
    return finish(10);
  }

  /**
   * Lets main return, and waits for the JVM to end by itself.
   *
   * @return the exit code; -1: the JVM was kept alive for so many seconds and had to be killed
   */
  int finish(int seconds) {
    try {
      stdin.close();
      boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly().waitFor();
      }
      outPump.join(5000);
      errPump.join(5000);
      return ended ? process.exitValue() : -1;
    } catch (IOException e) {
      process.destroyForcibly();
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Lines that the app did not write. */
  List<String> foreignStdout() {
    return foreignStdout;
  }

  /** Waits for a first line on stderr, a few seconds at most. */
  void awaitStderr() {
    try {
      stderrBegun.await(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Without the lines with which the JVM itself acknowledges options from the environment. */
  List<String> stderr() {
    return stderr.stream().filter(line -> !line.startsWith("Picked up ")).toList();
  }

  /** Everything on both streams, the app's own lines included. */
  String everything() {
    return String.join("\n", ownStdout)
        + String.join("\n", foreignStdout)
        + String.join("\n", stderr);
  }

  private void stderrLine(String line) {
    stderr.add(line);
    stderrBegun.countDown();
  }

  private void stdoutLine(String line) {
    if (line.startsWith(MARK)) {
      ownStdout.add(line);
      answers.add(line.substring(MARK.length()));
    } else {
      foreignStdout.add(line);
    }
  }

  private static Thread pump(InputStream in, java.util.function.Consumer<String> sink) {
    Thread thread =
        new Thread(
            () -> {
              try (BufferedReader reader =
                  new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                reader.lines().forEach(sink);
              } catch (IOException | UncheckedIOException e) {
                sink.accept("pump: " + e.getMessage());
              }
            });
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}

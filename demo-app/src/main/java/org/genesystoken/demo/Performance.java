package org.genesystoken.demo;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.genesystoken.demo.simulator.Counts;

/** Runs one scene on both sides at the same time, and draws it while it runs. For one use. */
final class Performance {
  /** How long beyond its time a program may take to start and to end. */
  private static final long GRACE_MILLIS = 20_000;

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Scene scene;
  private final File classPath;
  private final File agentJar;
  private final int seconds;
  private final boolean real;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Score without = new Score();
  private final Score with = new Score();
  private final Set<String> stderr = new LinkedHashSet<>();
  private final List<String> strayLines = new ArrayList<>();

  Performance(Scene scene, File classPath, File agentJar, int seconds, boolean real) {
    this.scene = scene;
    this.classPath = classPath;
    this.agentJar = agentJar;
    this.seconds = seconds;
    this.real = real;
  }

  void run(PrintStream out, Ink ink) throws IOException, InterruptedException {
    try (Platform plain = scene.platform.start();
        Platform helped = scene.platform.start()) {
      out.println(ink.bold(scene.title));
      out.println("     " + scene.story);
      String flag = "-javaagent:" + agentJar.getName() + "=" + helped.agentOptions();
      // a second line, for terminals of 80 columns
      out.println("     " + ink.faint(flag.replaceFirst(",", ",\n       ")));
      out.println();
      Timeline timeline = new Timeline(out, ink);
      timeline.open();
      ChildProgram first = start(Side.WITHOUT, plain, null);
      ChildProgram second = start(Side.WITH, helped, agentJar);
      try {
        draw(timeline);
      } finally {
        first.end();
        second.end();
      }
      timeline.close();
      serverSide(without, plain.counts());
      serverSide(with, helped.counts());
      keepStderr("without", first);
      keepStderr("with", second);
      out.println();
    }
  }

  Score without() {
    return without;
  }

  Score with() {
    return with;
  }

  /** See {@link Verdict#problems}. */
  List<String> problems() {
    return Verdict.problems(without, with, strayLines, stderr);
  }

  private ChildProgram start(Side side, Platform platform, File agent) throws IOException {
    CallReader reader = new CallReader(platform);
    return ChildProgram.start(
        scene.program,
        classPath,
        seconds,
        platform,
        agent,
        line -> {
          int status = CallReader.status(line);
          Mark mark = status < 0 ? null : reader.mark(status);
          events.add(new Event(side, line, mark, status));
        },
        () -> events.add(new Event(side, null, null, 0)));
  }

  private void draw(Timeline timeline) throws InterruptedException {
    Narrator narrator = new Narrator(real);
    long launch = System.nanoTime();
    long deadline = seconds * 1000L + GRACE_MILLIS;
    // the picture's clock starts with the first answer, not with the start of a JVM
    Event origin = null;
    int running = 2;
    while (running > 0 && millisSince(launch) < deadline) {
      Event event = events.poll(100, TimeUnit.MILLISECONDS);
      if (origin == null) {
        origin = event;
      }
      if (event == null) {
        if (origin != null) {
          timeline.advance(millisSince(origin.nanos));
        }
      } else if (event.line == null) {
        running--;
      } else if (event.mark == null) {
        strayLines.add(event.line);
      } else {
        long millis = (event.nanos - origin.nanos) / NANOS_PER_MILLI;
        timeline.add(event.side, millis, event.mark, event.status);
        (event.side == Side.WITH ? with : without).add(event.mark);
        String sentence = narrator.sentence(event.side, event.mark);
        if (sentence != null) {
          timeline.say(millis, sentence);
        }
      }
    }
  }

  private static void serverSide(Score score, Counts counts) {
    if (counts != null) {
      score.addServerSide(counts.refused(), counts.tokenRequests(), counts.distinctTokens());
    }
  }

  private void keepStderr(String side, ChildProgram program) {
    for (String line : program.stderr()) {
      stderr.add("stderr, " + side + ": " + line);
    }
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / NANOS_PER_MILLI;
  }

  /** A line of a program at its moment; no line: the program has ended; no mark: a stray line. */
  private static final class Event {
    final Side side;
    final long nanos = System.nanoTime();
    final String line;
    final Mark mark;
    final int status;

    Event(Side side, String line, Mark mark, int status) {
      this.side = side;
      this.line = line;
      this.mark = mark;
      this.status = status;
    }
  }
}

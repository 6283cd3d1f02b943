package org.genesystoken.it;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * Measures what the agent costs, beside what others cost: each row in turns, so that whatever else
 * the machine does falls on all alike, and compares turn by turn. Writes {@code BENCHMARKS.md}.
 */
final class Benchmarks {
  private static final List<Integer> RELEASES = List.of(17, 25);
  private static final List<String> CLIENTS = List.of("HttpURLConnection", "java.net.http");
  private static final String PROBE_PACKAGE = "org/genesystoken/it/bench/";

  private static final int TURNS = 31;

  /** Of the two whose goals are close. */
  private static final int MANY_TURNS = 151;

  /**
   * How often load is measured with new JVMs: the compiler's luck is good or bad for a JVM's whole
   * life, and may cost more than an agent.
   */
  private static final int GENERATIONS = 9;

  /** More of them with one thread alone, of whose rate a goal leaves two hundredths. */
  private static final int MORE_GENERATIONS = 8;

  /** How often with the subjects of which no goal speaks. */
  private static final int FEW_GENERATIONS = 1;

  /**
   * Threads of the app's that call in parallel, and in how many slices a JVM is measured with them.
   * With 32, p99 strays most, so it takes most of them.
   */
  private static final SortedMap<Integer, Integer> SLICES = new TreeMap<>(Map.of(1, 20, 32, 60));

  /**
   * Short, so that what stops a machine now and then for a tenth of a second falls on a few slices
   * only, which the median passes over.
   */
  private static final int SLICE_MILLIS = 200;

  private final boolean quick = Boolean.getBoolean("benchmark.quick");
  private final List<Row> rows = new ArrayList<>();
  private final List<Row> steps = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private final int apiPort;
  private final Optional<Sidecar> sidecar;

  private Benchmarks(int apiPort, Optional<Sidecar> sidecar) {
    this.apiPort = apiPort;
    this.sidecar = sidecar;
  }

  /**
   * Runs all of it.
   *
   * @param arguments the folder to write to
   */
  public static void main(String[] arguments) throws Exception {
    packProbes();
    Jdks.Jdk own = Jdks.all().get(17).orElseThrow();
    Subject bare = new Subject(Subject.NONE, List.of(), 0);
    try (Child api = Child.start(bare.command(own, "Api"))) {
      int port = Integer.parseInt(api.until("port").get("port"));
      Optional<Path> nginx = Sidecar.program();
      if (nginx.isEmpty()) {
        tell("[WARNING] nginx not found, the rows of the " + Subject.SIDECAR + " are skipped");
      }
      try (Sidecar sidecar = nginx.isPresent() ? Sidecar.start(nginx.get(), port) : null) {
        Benchmarks all = new Benchmarks(port, Optional.ofNullable(sidecar));
        for (int release : RELEASES) {
          Optional<Jdks.Jdk> jdk = Jdks.all().get(release);
          if (jdk.isPresent()) {
            all.measure(jdk.get());
          } else {
            tell("[WARNING] JDK " + release + " not found, its rows are skipped (see -Djdks)");
          }
        }
        BenchmarkPage.write(Path.of(arguments[0]), all.rows, all.steps, all.quick);
        if (!all.failures.isEmpty()) {
          throw new IOException("the page is of no worth: " + all.failures);
        }
      }
    }
  }

  /** The measured programs, in a jar: the JDK archives no classes of a folder. */
  static Path probes() {
    return ForkedApp.target("benchmark-probes.jar");
  }

  private void measure(Jdks.Jdk jdk) throws IOException, InterruptedException {
    hello(jdk);
    archives(jdk);
    for (String client : CLIENTS) {
      firstCall(jdk, client);
    }
    steps(jdk);
    for (String client : CLIENTS) {
      memory(jdk, client);
      allocation(jdk, client);
      load(jdk, client);
      death(jdk, client);
    }
  }

  private void hello(Jdks.Jdk jdk) throws IOException, InterruptedException {
    List<Subject> subjects = new ArrayList<>(List.of(none(), empty(), noop(), readme(), otel()));
    timed(jdk, "hello world", MANY_TURNS, subjects, "Hello");
    Row resident = row("hello world, RSS", jdk, "MiB");
    for (int turn = 0; turn < turns(7); turn++) {
      for (Subject subject : inTurn(turn, subjects)) {
        resident.add(subject.name(), usage(jdk, subject, "Hello", "usage").get("rss") / 1024);
      }
    }
  }

  /** The same with the app's classes in an archive that a training run has made: see the page. */
  private void archives(Jdks.Jdk jdk) throws IOException, InterruptedException {
    Path plain = ForkedApp.target("benchmark-plain-" + jdk.release() + ".archive");
    Path agent = ForkedApp.target("benchmark-agent-" + jdk.release() + ".archive");
    boolean aot = jdk.release() >= 25;
    String train = aot ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=";
    String use = aot ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=";
    Files.deleteIfExists(plain);
    Files.deleteIfExists(agent);
    Child.time(none().with("", train + plain).command(jdk, "Hello"));
    Child.time((aot ? readme() : none()).with("", train + agent).command(jdk, "Hello"));
    for (Path archive : List.of(plain, agent)) {
      if (!Files.exists(archive)) {
        throw new IOException("the JVM has written no " + archive);
      }
    }
    timed(
        jdk,
        "hello world, archived classes",
        MANY_TURNS,
        List.of(
            none(),
            none().with("no agent, cached", use + plain),
            readme().with(Subject.OURS_CACHED, use + agent)),
        "Hello");
  }

  private void firstCall(Jdks.Jdk jdk, String client) throws IOException, InterruptedException {
    List<Subject> subjects =
        new ArrayList<>(List.of(none(), empty(), noop(), given(), ours(), otel()));
    sidecar.ifPresent(nginx -> subjects.add(new Subject(Subject.SIDECAR, List.of(), nginx.port())));
    timed(jdk, "first call, " + client, TURNS, subjects, "FirstCall", client);
  }

  /** See {@link Waterfall}. */
  private void steps(Jdks.Jdk jdk) throws IOException, InterruptedException {
    tell(jdk + ": first call, step by step");
    Map<String, Row> ofJdk = new LinkedHashMap<>();
    Path log = ForkedApp.target("benchmark-classes.log");
    Subject logged = given().with(Subject.OURS_GIVEN, Waterfall.flag(log));
    for (int turn = 0; turn < turns(15); turn++) {
      Child.time(command(jdk, logged, "FirstCall", CLIENTS.get(0)));
      Waterfall.read(
          log, step -> ofJdk.computeIfAbsent(step, name -> new Row(name, jdk.release(), "ms")));
    }
    steps.addAll(ofJdk.values());
  }

  /** Processor time and wall time of whole processes. */
  private void timed(
      Jdks.Jdk jdk,
      String name,
      int turns,
      List<Subject> subjects,
      String probe,
      String... arguments)
      throws IOException, InterruptedException {
    Row cpu = row(name + ", CPU", jdk, "ms");
    Row wall = row(name + ", wall", jdk, "ms");
    for (int turn = 0; turn < turns(turns); turn++) {
      for (Subject subject : inTurn(turn, subjects)) {
        // It takes seconds of processor time; five of them tell as much.
        if (!subject.name().equals(Subject.OTEL) || turn < 5) {
          Map<String, String> said = Child.time(command(jdk, subject, probe, arguments));
          cpu.add(subject.name(), Double.parseDouble(said.get("cpu")));
          wall.add(subject.name(), Double.parseDouble(said.get("wall")));
        }
      }
    }
  }

  private void memory(Jdks.Jdk jdk, String client) throws IOException, InterruptedException {
    Row resident = row("1,000 calls, " + client + ", RSS", jdk, "MiB");
    Row peak = row("1,000 calls, " + client + ", peak RSS", jdk, "MiB");
    Row heap = row("1,000 calls, " + client + ", heap", jdk, "MiB");
    Row metaspace = row("1,000 calls, " + client + ", Metaspace", jdk, "MiB");
    for (int turn = 0; turn < turns(7); turn++) {
      for (Subject subject : inTurn(turn, List.of(none(), empty(), ours(), otel()))) {
        Map<String, Double> usage = usage(jdk, subject, "Load", client, "url", "1000");
        resident.add(subject.name(), usage.get("rss") / 1024);
        peak.add(subject.name(), usage.get("peak") / 1024);
        heap.add(subject.name(), usage.get("heap") / (1 << 20));
        metaspace.add(subject.name(), usage.get("metaspace") / (1 << 20));
      }
    }
  }

  /**
   * By the JVM's first compiler alone: the second one removes some of what a call allocates, by
   * luck, and a JVM differs from the next by many times what the agent allocates.
   */
  private void allocation(Jdks.Jdk jdk, String client) {
    Row row = row(client + ", allocated per call, C1 alone", jdk, "B");
    for (int turn = 0; turn < turns(5); turn++) {
      for (Subject each : inTurn(turn, List.of(none(), ours()))) {
        Subject subject = each.with(each.name(), "-XX:TieredStopAtLevel=1");
        try (Child child = warm(jdk, subject, client, "/api/v2/users/me", List.of(1))) {
          Map<String, String> said = slice(jdk + ", " + client, subject, child, 1);
          row.add(subject.name(), Double.parseDouble(said.get("bytes")));
        } catch (IOException left) {
          leftOut(jdk, client, left);
          return;
        }
      }
    }
  }

  private void load(Jdks.Jdk jdk, String client) throws IOException {
    Map<Integer, List<Row>> figures = new LinkedHashMap<>();
    for (int threads : SLICES.keySet()) {
      String name = client + ", " + threads + (threads == 1 ? " thread" : " threads");
      figures.put(
          threads,
          List.of(
              row(name + ", calls per second", jdk, "1/s"),
              row(name + ", p50", jdk, "µs"),
              row(name + ", p99", jdk, "µs"),
              row(name + ", allocated per call", jdk, "B")));
    }
    List<Subject> all = new ArrayList<>(List.of(none(), empty(), ours(), elsewhere(), otel()));
    sidecar.ifPresent(nginx -> all.add(new Subject(Subject.SIDECAR, List.of(), nginx.port())));
    int measured = 0;
    int both = turns(GENERATIONS);
    for (int tries = 0; measured < both + turns(MORE_GENERATIONS); tries++) {
      List<Subject> subjects = measured < FEW_GENERATIONS ? all : List.of(none(), ours());
      Map<Integer, List<Row>> wanted = measured < both ? figures : Map.of(1, figures.get(1));
      try {
        load(jdk, client, inTurn(measured, subjects), wanted);
        measured++;
      } catch (IOException left) {
        leftOut(jdk, client, left);
        if (tries == 3 * GENERATIONS) {
          failures.add(jdk + ", " + client + ": measured with " + measured + " JVMs only");
          return;
        }
      }
    }
  }

  /** JDK 17's java.net.http forgets a call now and then, with 32 threads and without an agent. */
  private static void leftOut(Jdks.Jdk jdk, String client, IOException left) {
    tell("[WARNING] " + jdk + ", " + client + ": JVMs left out: " + left.getMessage());
  }

  /**
   * A JVM for each subject; each slice is a sample.
   *
   * @throws IOException one of them ended, or a call of it was never answered; no sample is noted
   */
  private void load(
      Jdks.Jdk jdk, String client, List<Subject> subjects, Map<Integer, List<Row>> figures)
      throws IOException {
    Map<Subject, Child> children = new LinkedHashMap<>();
    try {
      for (Subject subject : subjects) {
        children.put(subject, warm(jdk, subject, client, "/api/v2/users/me", figures.keySet()));
      }
      Map<Integer, Map<Subject, List<Map<String, String>>>> slices = new LinkedHashMap<>();
      for (int threads : figures.keySet()) {
        slices.put(threads, slices(jdk + ", " + client, children, threads));
      }
      slices.forEach((threads, bySubject) -> note(bySubject, figures.get(threads)));
    } finally {
      children.values().forEach(Child::close);
    }
  }

  private Map<Subject, List<Map<String, String>>> slices(
      String where, Map<Subject, Child> children, int threads) throws IOException {
    Map<Subject, List<Map<String, String>>> slices = new LinkedHashMap<>();
    for (int turn = 0; turn < turns(SLICES.get(threads)); turn++) {
      for (Subject subject : inTurn(turn, List.copyOf(children.keySet()))) {
        Map<String, String> said = slice(where, subject, children.get(subject), threads);
        slices.computeIfAbsent(subject, first -> new ArrayList<>()).add(said);
      }
    }
    return slices;
  }

  /** That calls fail is told at the end. */
  private Map<String, String> slice(String where, Subject subject, Child child, int threads)
      throws IOException {
    child.say(threads + " " + SLICE_MILLIS);
    Map<String, String> said = heard(subject, child, "end");
    if (!said.get("failed").equals("0")) {
      failures.add(where + ", " + subject.name() + ": failed calls: " + said);
    }
    return said;
  }

  /** A JVM that makes calls, behind its warm-up; none is left over if it does not get there. */
  private Child warm(
      Jdks.Jdk jdk, Subject subject, String client, String path, Collection<Integer> threads)
      throws IOException {
    String url = subject.url(path);
    Child child = Child.start(subject.command(jdk, "Load", client, url, warmUp(threads)));
    try {
      if (heard(subject, child, "ready").containsKey("compiling")) {
        tell("[WARNING] " + subject.name() + ": the JVM's compiler is still at work");
      }
      return child;
    } catch (IOException ended) {
      child.close();
      throw ended;
    }
  }

  /**
   * That a call is never answered, or a JVM ends, is told at the end, but for those with no agent.
   */
  private Map<String, String> heard(Subject subject, Child child, String word) throws IOException {
    try {
      return child.until(word);
    } catch (IOException ended) {
      if (!subject.name().equals(Subject.NONE)) {
        failures.add(subject.name() + ": " + ended.getMessage());
      }
      throw ended;
    }
  }

  /**
   * @param figures rows of rate, p50, p99 and bytes
   */
  private static void note(Map<Subject, List<Map<String, String>>> slices, List<Row> figures) {
    List<String> keys = List.of("rate", "p50", "p99", "bytes");
    slices.forEach(
        (subject, all) -> {
          for (Map<String, String> said : all) {
            for (int i = 0; i < keys.size(); i++) {
              figures.get(i).add(subject.name(), Double.parseDouble(said.get(keys.get(i))));
            }
          }
        });
  }

  /** Good calls in each 50 ms, before and after all tokens die in the middle of a slice. */
  private void death(Jdks.Jdk jdk, String client) throws IOException, InterruptedException {
    Row lost = row("token's death, " + client + ", calls lost", jdk, "calls");
    Row dip = row("token's death, " + client + ", without good calls", jdk, "ms");
    String fewest = client + ", fewest good calls in 50 ms";
    Row least = row("token's death, " + fewest, jdk, "% of usual");
    Row usual = row("no death, " + fewest, jdk, "% of usual");
    Subject none = none();
    Subject ours = ours();
    try (Child without = warm(jdk, none, client, "/mortal/1", List.of(4));
        Child with = warm(jdk, ours, client, "/mortal/1", List.of(4))) {
      for (int turn = 0; turn < turns(9); turn++) {
        // The app's own token is dead as it is.
        noteDeath(Subject.NONE, sliceWith(none, without, "/other"), lost, dip, least);
        noteDeath(Subject.OURS, sliceWith(ours, with, "/kill"), lost, dip, least);
        usual.add(Subject.OURS, fewest(sliceWith(ours, with, "/other").get("buckets")));
      }
    } catch (IOException left) {
      leftOut(jdk, client, left);
    }
  }

  private static void noteDeath(
      String subject, Map<String, String> said, Row lost, Row dip, Row least) {
    lost.add(subject, Double.parseDouble(said.get("failed")));
    dip.add(subject, longestPause(said.get("buckets")));
    least.add(subject, fewest(said.get("buckets")));
  }

  /** A slice in whose middle somebody else makes a call, which takes some of the machine, too. */
  private Map<String, String> sliceWith(Subject subject, Child child, String path)
      throws IOException {
    child.say("4 1000");
    try (Child call =
        Child.start(
            List.of(
                "bash",
                "-c",
                "sleep 0.5; exec 3<>/dev/tcp/127.0.0.1/"
                    + apiPort
                    + "; printf 'GET "
                    + path
                    + " HTTP/1.1\\r\\n\\r\\n' >&3; head -1 <&3"))) {
      Map<String, String> answer = call.until(null);
      if (!answer.getOrDefault("HTTP/1.1", "").startsWith("200")) {
        throw new IOException("no answer to " + path + ": " + answer);
      }
    }
    return heard(subject, child, "end");
  }

  /** The longest time, in milliseconds, in which no call was answered well. */
  private static double longestPause(String buckets) {
    int longest = 0;
    int now = 0;
    String[] counts = buckets.split(" ", -1);
    // The last bucket is a rest.
    for (int i = 0; i < counts.length - 1; i++) {
      now = counts[i].equals("0") ? now + 1 : 0;
      longest = Math.max(longest, now);
    }
    return longest * 50.0;
  }

  /** The fewest good calls of a bucket, in per cent of the median bucket's. */
  private static double fewest(String buckets) {
    List<Double> counts =
        Stream.of(buckets.split(" ", -1)).map(Double::valueOf).collect(Collectors.toList());
    // The last bucket is a rest.
    counts.remove(counts.size() - 1);
    double usual = Row.median(counts);
    return usual == 0 ? 0 : counts.stream().min(Double::compare).orElseThrow() / usual * 100;
  }

  private Map<String, Double> usage(
      Jdks.Jdk jdk, Subject subject, String probe, String... arguments)
      throws IOException, InterruptedException {
    String[] replaced =
        Stream.of(arguments)
            .map(word -> word.equals("url") ? subject.url("/api/v2/users/me") : word)
            .toArray(String[]::new);
    try (Child child = Child.start(subject.command(jdk, probe, replaced))) {
      Map<String, String> said = child.until("metaspace");
      if (!said.getOrDefault("failed", "0").equals("0")) {
        failures.add(jdk + ", " + subject.name() + ": failed calls: " + said);
      }
      return Map.of(
          "rss", Double.valueOf(said.get("rss")),
          "peak", Double.valueOf(said.get("peak")),
          "heap", Double.valueOf(said.get("heap")),
          "metaspace", Double.valueOf(said.get("metaspace")));
    }
  }

  private static List<String> command(
      Jdks.Jdk jdk, Subject subject, String probe, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    if (probe.equals("FirstCall")) {
      all.add(subject.url("/api/v2/users/me"));
    }
    return subject.command(jdk, probe, all.toArray(String[]::new));
  }

  private Row row(String name, Jdks.Jdk jdk, String unit) {
    tell(jdk + ": " + name);
    Row row = new Row(name, jdk.release(), unit);
    rows.add(row);
    return row;
  }

  /** Every other turn goes backwards, so that the mean place is the same for all. */
  private static List<Subject> inTurn(int turn, List<Subject> subjects) {
    List<Subject> order = new ArrayList<>(subjects);
    if (turn % 2 == 1) {
      Collections.reverse(order);
    }
    return order;
  }

  private String warmUp(Collection<Integer> threads) {
    return quick
        ? "1000"
        : ":" + threads.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private int turns(int thorough) {
    return quick ? 2 : thorough;
  }

  private Subject none() {
    return new Subject(Subject.NONE, List.of(), apiPort);
  }

  private Subject empty() {
    return none().with(Subject.EMPTY, "-javaagent:" + ForkedApp.target("empty-agent.jar"));
  }

  private Subject noop() {
    return none().with(Subject.NOOP, "-javaagent:" + ForkedApp.target("noop-agent.jar"));
  }

  /** By README's first command, but for the credentials, which are in the environment there. */
  private Subject readme() {
    return none()
        .with(
            Subject.OURS,
            ForkedApp.javaAgent("region=us-east-1,client-id=id,client-secret=secret"));
  }

  private Subject ours() {
    return ours(Subject.OURS, "hosts=127.0.0.1:" + apiPort);
  }

  private Subject given() {
    return ours(
        Subject.OURS_GIVEN, "hosts=127.0.0.1:" + apiPort + ",access-token=token-of-generation-0");
  }

  private Subject elsewhere() {
    return ours(Subject.OURS_ELSEWHERE, "region=us-east-1");
  }

  private Subject ours(String name, String settings) {
    return none()
        .with(
            name,
            ForkedApp.javaAgent(
                "client-id=id,client-secret=secret,token-url=http://127.0.0.1:"
                    + apiPort
                    + "/oauth/token,"
                    + settings));
  }

  /** With nothing but its instrumentations of the two clients, and nowhere to export to. */
  private Subject otel() {
    return none()
        .with(
            Subject.OTEL,
            "-javaagent:" + ForkedApp.target("opentelemetry-javaagent.jar"),
            "-Dotel.traces.exporter=none",
            "-Dotel.metrics.exporter=none",
            "-Dotel.logs.exporter=none",
            "-Dotel.instrumentation.common.default-enabled=false",
            "-Dotel.instrumentation.http-url-connection.enabled=true",
            "-Dotel.instrumentation.java-http-client.enabled=true");
  }

  private static void packProbes() throws IOException {
    pack(probes(), null, Stream.of("benchprobe8", "benchprobe11").map(ForkedApp::target).toList());
    for (String agent : List.of("Empty", "Noop")) {
      pack(
          ForkedApp.target(agent.toLowerCase(java.util.Locale.ROOT) + "-agent.jar"),
          agent + "Agent",
          List.of(ForkedApp.target("benchprobe8")));
    }
  }

  /**
   * @param agent the one class to take, an agent; null: all that is none, as the JVM would load
   *     them from the app's jar then, which is open already
   */
  private static void pack(Path jar, String agent, List<Path> folders) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    if (agent != null) {
      manifest
          .getMainAttributes()
          .putValue("Premain-Class", (PROBE_PACKAGE + agent).replace('/', '.'));
      manifest.getMainAttributes().putValue("Can-Retransform-Classes", "true");
    }
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      for (Path folder : folders) {
        try (Stream<Path> files = Files.list(folder.resolve(PROBE_PACKAGE))) {
          for (Path each : files.sorted().toList()) {
            String name = each.getFileName().toString();
            if (agent == null
                ? name.startsWith("package-info") || name.endsWith("Agent.class")
                : !name.equals(agent + ".class")) {
              continue;
            }
            out.putNextEntry(new ZipEntry(PROBE_PACKAGE + name));
            Files.copy(each, out);
          }
        }
      }
    }
  }

  private static void tell(String line) {
    System.out.println(line);
  }
}

package org.genesystoken.demo;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The demo's command line. */
@Command(
    name = "java -jar demo-app.jar",
    sortOptions = false,
    header = "Runs one legacy program twice, without and with the agent, and draws both.",
    footer = {
      "",
      "--real takes GENESYS_CLIENT_ID and GENESYS_CLIENT_SECRET from the environment.",
      "",
      "Exit code: 0: calls failed without the agent, none with it. 1: otherwise.",
      "2: the demo could not be run as asked."
    })
public final class Demo implements Callable<Integer> {
  /** Less would end before the tokens do. */
  private static final int FEWEST_SECONDS = 6;

  /** An hour, far beyond what a person watches. */
  private static final int MOST_SECONDS = 3600;

  @Spec private CommandSpec spec;

  @Option(
      names = "--agent",
      paramLabel = "<jar>",
      description = "The agent's jar. Default: the one that this source tree builds.")
  private File agent;

  @Option(
      names = "--seconds",
      paramLabel = "<n>",
      defaultValue = "8",
      description = "How long each program runs. Default: ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(names = "--real", description = "Against the real platform, not a simulated one.")
  private boolean real;

  @Option(
      names = "--region",
      paramLabel = "<region>",
      description = "With --real: the region, such as eu-west-1 or mypurecloud.ie.")
  private String region;

  @Option(
      names = "--stale-token",
      paramLabel = "<token>",
      defaultValue = "expired",
      description = "With --real: the programs' static token. Default: ${DEFAULT-VALUE}.")
  private String staleToken;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "This text.")
  @SuppressWarnings("UnusedVariable") // picocli itself acts on it
  private boolean help;

  private final Map<String, String> environment;
  private final PrintStream out;
  private final Ink ink;

  Demo(Map<String, String> environment, PrintStream out, Ink ink) {
    this.environment = environment;
    this.out = out;
    this.ink = ink;
  }

  public static void main(String[] args) throws IOException {
    Map<String, String> environment = System.getenv();
    boolean windows =
        System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
    Charset charset = outputCharset();
    PrintStream out = new PrintStream(System.out, false, charset.name());
    Ink ink = Ink.of(isTerminal(), windows, environment, charset);
    int exitCode = commandLine(new Demo(environment, out, ink)).execute(args);
    out.flush();
    System.exit(exitCode);
  }

  /** One line for a user's mistake; the whole help would bury it. */
  static CommandLine commandLine(Demo demo) {
    return new CommandLine(demo)
        .setParameterExceptionHandler(
            (mistake, args) -> {
              mistake.getCommandLine().getErr().println(mistake.getMessage());
              return CommandLine.ExitCode.USAGE;
            });
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Scene> scenes = scenes();
    File jar = agentJar();
    File classPath = classPath();

    Legend.print(out, ink, real);
    if (!hasJavaNetHttp()) {
      out.println("java.net.http needs Java 11: its scene is left out.");
      out.println();
    }
    Score without = new Score();
    Score with = new Score();
    boolean asPromised = true;
    for (int i = 0; i < scenes.size(); i++) {
      Scene scene = scenes.get(i);
      out.print(ink.bold((i + 1) + "/" + scenes.size() + "  "));
      Performance performance = new Performance(scene, classPath, jar, seconds, real);
      performance.run(out, ink);
      without.add(performance.without());
      with.add(performance.with());
      List<String> problems = performance.problems();
      for (String problem : problems) {
        out.println(ink.paint(Mark.REFUSED, problem));
      }
      if (!problems.isEmpty()) {
        out.println();
        asPromised = false;
      }
    }
    Totals.print(out, ink, without, with, real, asPromised);
    return asPromised ? 0 : 1;
  }

  private List<Scene> scenes() {
    if (seconds < FEWEST_SECONDS || seconds > MOST_SECONDS) {
      throw mistake("--seconds must be from " + FEWEST_SECONDS + " to " + MOST_SECONDS + ".");
    }
    if (!real) {
      return Scenes.simulated(hasJavaNetHttp());
    }
    if (region == null) {
      throw mistake("--real needs --region, such as --region eu-west-1.");
    }
    String domain = Regions.domainOf(region);
    if (domain == null) {
      throw mistake(
          "Unknown region '"
              + region
              + "': give an AWS name (eu-west-1) or domain (mypurecloud.ie).");
    }
    for (String name : new String[] {"GENESYS_CLIENT_ID", "GENESYS_CLIENT_SECRET"}) {
      if (environment.getOrDefault(name, "").isEmpty()) {
        throw mistake("--real needs " + name + " in the environment.");
      }
    }
    RealPlatform platform = new RealPlatform(region, domain, staleToken, environment);
    return Scenes.real(platform, hasJavaNetHttp());
  }

  private File agentJar() throws IOException {
    File jar = agent;
    if (jar == null) {
      // demo-app/target/demo-app.jar or demo-app/target/classes
      File tree = classPath().getParentFile().getParentFile().getParentFile();
      jar = new File(tree, "agent/dist/target/genesys-token-agent.jar");
    }
    if (!jar.isFile()) {
      throw mistake(
          "No agent jar at "
              + jar.getPath()
              + ". Build it with 'mvn -q -DskipTests package', or name it with --agent.");
    }
    return jar.getCanonicalFile();
  }

  /** Where the legacy programs are: in the same place as the demo. */
  private static File classPath() throws IOException {
    try {
      return new File(Demo.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .getCanonicalFile();
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  private ParameterException mistake(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static boolean hasJavaNetHttp() {
    try {
      Class.forName("java.net.http.HttpClient");
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** JDK 22 and later have a console even without a terminal, and a method that tells. */
  @SuppressWarnings(
      "SystemConsoleNull") // the rule is for code that does not ask isTerminal as well
  private static boolean isTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  /** JDK 18 and later default to UTF-8 whatever the terminal reads; these properties tell. */
  private static Charset outputCharset() {
    for (String property : new String[] {"stdout.encoding", "sun.stdout.encoding"}) {
      String name = System.getProperty(property);
      if (name != null && Charset.isSupported(name)) {
        return Charset.forName(name);
      }
    }
    String name = System.getProperty("sun.jnu.encoding");
    return name != null && Charset.isSupported(name)
        ? Charset.forName(name)
        : Charset.defaultCharset();
  }
}

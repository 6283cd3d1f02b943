package org.genesystoken.it.benchmark;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.genesystoken.agent.core.config.Configuration;
import org.genesystoken.agent.core.policy.TokenPolicies;
import org.genesystoken.agent.core.policy.TokenPolicy;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.slf4j.helpers.NOPLogger;

/** What a call pays when there is a live token. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class FastPath {
  private TokenPolicy policy;
  private int port;
  private Library.Source google;
  private Library.Source aws;
  private Library.Source spring;
  private Library.Source msal;

  /** A token that expires, through the whole product; a configured one would not ask a clock. */
  @Setup
  public void warm() throws Exception {
    TokenServer server = new TokenServer(86_400, "secret");
    port = server.port();
    Configuration configuration =
        Configuration.load(
                "hosts=127.0.0.1:"
                    + port
                    + ",client-id=id,client-auth=body,client-secret=secret,token-url=http://127.0.0.1:"
                    + port
                    + "/oauth/token",
                new Properties(),
                Map.of())
            .configuration();
    policy = TokenPolicies.create(configuration, NOPLogger.NOP_LOGGER);
    policy.covers("http", "127.0.0.1", port, "/api/v2/users/me");
    if (policy.authorization(null, Long.MAX_VALUE) == null) {
      throw new IllegalStateException("no token");
    }
    google = open(Library.GOOGLE);
    aws = open(Library.AWS);
    spring = open(Library.SPRING);
    msal = open(Library.MSAL);
  }

  private static Library.Source open(Library library) throws Exception {
    Endpoint endpoint = new Endpoint();
    endpoint.lifeSeconds = 86_400;
    Library.Source source = library.open(endpoint, new Library.MovableClock(null));
    source.token();
    return source;
  }

  /** One of the benchmarks, by its name. */
  CpuTime.Call call(String name) {
    return switch (name) {
      case "agentMatched" -> this::agentMatched;
      case "agentUnmatched" -> this::agentUnmatched;
      case "googleMatched" -> this::googleMatched;
      case "awsMatched" -> this::awsMatched;
      case "springMatched" -> this::springMatched;
      default -> this::msalMatched;
    };
  }

  @Benchmark
  public String agentMatched() {
    return policy.covers("http", "127.0.0.1", port, "/api/v2/users/me")
        ? policy.authorizationNow("Bearer of-the-app")
        : null;
  }

  @Benchmark
  public boolean agentUnmatched() {
    return policy.covers("https", "www.example.com", -1, "/index.html");
  }

  @Benchmark
  public String googleMatched() throws Exception {
    return google.token();
  }

  @Benchmark
  public String awsMatched() throws Exception {
    return aws.token();
  }

  @Benchmark
  public String springMatched() throws Exception {
    return spring.token();
  }

  @Benchmark
  public String msalMatched() throws Exception {
    return msal.token();
  }
}

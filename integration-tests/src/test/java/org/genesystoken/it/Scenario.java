package org.genesystoken.it;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One row of the table: how the agent is set, what the server does, what the app calls, what has to
 * come of it. Each method returns a changed copy. Immutable.
 */
record Scenario(
    String name,
    Agent agent,
    Consumer<Site> server,
    Function<Site, List<String>> calls,
    Expected expected,
    int hits,
    int tokenRequests,
    boolean oneConnection,
    BiPredicate<Client, Jdks.Jdk> clients,
    Consumer<Run> check) {

  /** How the agent is set; scenarios with the same setting share a JVM. */
  enum Agent {
    ALWAYS,
    BEARER_ONLY,
    ON_401,
    TUTORIAL,
    /** With the host by its name, which is none of the other rows'. */
    BY_NAME,
    /** Its token endpoint has failed before. */
    NO_TOKEN,
    /** Its token endpoint does not exist. */
    NEVER_A_TOKEN,
    /** With {@code replay-body-limit} of {@link #SMALL} bytes. */
    SMALL_LIMIT,
    /** With {@code retry-429}. */
    RETRY_429,
    /** A JVM of its own for each row, as it leaves the agent cautious for a while. */
    REFUSED;

    static final int SMALL = 128 * 1024;

    /** That URL of Genesys, by a host that is covered. */
    String covered(String url) {
      return this == BY_NAME ? url.replace("127.0.0.1", "localhost") : url;
    }

    AgentSettings settings(Site site) {
      AgentSettings usual = AgentSettings.clientCredentials(site.genesys());
      return switch (this) {
        case ALWAYS, REFUSED, NO_TOKEN -> usual;
        // a port that nothing listens on
        case NEVER_A_TOKEN -> usual.with("token-url", "http://127.0.0.1:1/oauth/token");
        case BY_NAME -> usual.with("hosts", "localhost:" + site.genesys().port());
        case BEARER_ONLY -> usual.with("inject", "bearer-only");
        case ON_401 -> usual.with("inject", "on-401");
        case SMALL_LIMIT -> usual.with("replay-body-limit", String.valueOf(SMALL));
        case RETRY_429 -> usual.with("retry-429", "10s");
        case TUTORIAL -> AgentSettings.tutorial(site.genesys());
      };
    }
  }

  /** What the app is to see. */
  enum Expected {
    /** Line by line what it sees without the agent, when it holds a live token itself. */
    AS_WITH_A_LIVE_TOKEN,
    /** Line by line what it sees without the agent. */
    AS_WITHOUT_AGENT,
    /** The first call as {@link #AS_WITHOUT_AGENT}, the others as with a live token. */
    FAILS_ONCE,
    /** 200 at the end. */
    SUCCESS
  }

  /** What happened in one cell. */
  record Run(Site site, Client client, List<List<String>> outcomes) {
    List<FakeGenesys.Hit> hits() {
      return site.genesys().hits();
    }
  }

  static Scenario of(String name) {
    return new Scenario(
        name,
        Agent.ALWAYS,
        site -> {},
        site -> List.of(),
        Expected.AS_WITH_A_LIVE_TOKEN,
        1,
        0,
        false,
        (client, jdk) -> true,
        run -> {});
  }

  Scenario agent(Agent chosen) {
    return new Scenario(
        name, chosen, server, calls, expected, hits, tokenRequests, oneConnection, clients, check);
  }

  Scenario server(Consumer<Site> behaviour) {
    return new Scenario(
        name,
        agent,
        behaviour,
        calls,
        expected,
        hits,
        tokenRequests,
        oneConnection,
        clients,
        check);
  }

  /** The tokens are dead by now. */
  Scenario expired() {
    return server(site -> site.genesys().kill()).counts(2, 1).onOneConnection();
  }

  /** The tokens are dead, and this is how the API says so. */
  Scenario expired(FakeGenesys.Answer refusal) {
    return expired()
        .server(
            site -> {
              site.genesys().kill();
              site.genesys().refuseWith(refusal);
            });
  }

  /** Adds a call: fields of a probe command, the verb and the client are put in front. */
  Scenario call(Function<Site, String> fields) {
    return new Scenario(
        name,
        agent,
        server,
        site -> {
          List<String> all = new ArrayList<>(calls.apply(site));
          all.add(fields.apply(site));
          return all;
        },
        expected,
        hits,
        tokenRequests,
        oneConnection,
        clients,
        check);
  }

  Scenario sees(Expected outcome) {
    return new Scenario(
        name, agent, server, calls, outcome, hits, tokenRequests, oneConnection, clients, check);
  }

  /** API calls and token requests that the server has to see. */
  Scenario counts(int apiHits, int tokens) {
    return new Scenario(
        name, agent, server, calls, expected, apiHits, tokens, oneConnection, clients, check);
  }

  private Scenario onOneConnection() {
    return new Scenario(
        name, agent, server, calls, expected, hits, tokenRequests, true, clients, check);
  }

  /** The server may see more than one connection. */
  Scenario onAnyConnection() {
    return new Scenario(
        name, agent, server, calls, expected, hits, tokenRequests, false, clients, check);
  }

  Scenario only(BiPredicate<Client, Jdks.Jdk> which) {
    return new Scenario(
        name, agent, server, calls, expected, hits, tokenRequests, oneConnection, which, check);
  }

  /** Looks at the run with the agent, before any run without it. */
  Scenario check(Consumer<Run> more) {
    return new Scenario(
        name, agent, server, calls, expected, hits, tokenRequests, oneConnection, clients, more);
  }
}

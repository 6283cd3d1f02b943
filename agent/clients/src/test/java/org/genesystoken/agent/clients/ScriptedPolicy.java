package org.genesystoken.agent.clients;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.genesystoken.agent.core.policy.ApiAnswer;
import org.genesystoken.agent.core.policy.TokenPolicy;

/** A policy that answers what a test tells it to, and notes what it was told. */
public final class ScriptedPolicy extends TokenPolicy {
  /** The host that is covered, on any port but by one scheme only. */
  public static final String HOST = "api.mypurecloud.ie";

  private final String scheme;

  /** What a managed request carries; null: no live token. */
  public volatile String managed = "Bearer managed";

  /** Whether each 401 means expired. */
  public volatile boolean expired = true;

  /** What becomes of a renewal. */
  public volatile CompletableFuture<Boolean> renewal = CompletableFuture.completedFuture(true);

  /** Completes when there is a token. */
  public final CompletableFuture<Void> ready = new CompletableFuture<>();

  /** The limit of kept request bodies. */
  public volatile int limit = 1024;

  /** The Authorization values that a renewal was asked for; null is noted as {@code none}. */
  public final List<String> renewed = new ArrayList<>();

  /** The Authorization values of replays that were refused. */
  public final List<String> refusedReplays = new ArrayList<>();

  /** What a 429 is answered with; -1: none of the agent's business. */
  public volatile long pauseMillis = -1;

  /** Whether good answers matter. */
  public volatile boolean inDoubt;

  /** The Authorization values of good answers. */
  public final List<String> accepted = new ArrayList<>();

  /** The statuses of answers that were looked at and passed on. */
  public final List<Integer> passedOn = new ArrayList<>();

  /** The time that each caller who may wait says that it has, in milliseconds. */
  public final List<Long> budgets = new ArrayList<>();

  /** Completes when a pause is over. */
  public volatile CompletableFuture<Void> pause = CompletableFuture.completedFuture(null);

  /** How often a caller asked in a way that may wait. */
  public int waits;

  /** What {@link #meansExpired} was last given of a body. */
  public volatile byte[] seen = new byte[0];

  /** What it was last given of {@code WWW-Authenticate} and {@code Content-Encoding}. */
  public volatile String seenHeaders = "";

  /** Covers by https. */
  public ScriptedPolicy() {
    this("https");
  }

  /** Covers by another scheme. */
  public ScriptedPolicy(String scheme) {
    this.scheme = scheme;
  }

  @Override
  public boolean covers(String hopScheme, String host, int port, String path) {
    return hopScheme.equals(scheme) && host.equals(HOST) && !path.startsWith("/oauth/token");
  }

  @Override
  public String authorization(String own, long budgetMillis) {
    budgets.add(budgetMillis);
    waits++;
    return managed;
  }

  @Override
  public String authorizationNow(String own) {
    return managed;
  }

  @Override
  public boolean hasToWait(String own) {
    return mayReplace(own) && managed == null;
  }

  @Override
  public CompletionStage<Void> ready(String own, long budgetMillis) {
    if (!mayReplace(own)) {
      return CompletableFuture.completedFuture(null);
    }
    budgets.add(budgetMillis);
    return ready;
  }

  @Override
  public boolean mayReplace(String own) {
    return own == null || own.startsWith("Bearer ");
  }

  @Override
  public boolean looksAt(int status) {
    return status == 401 || status == 403 || (status == 429 && pauseMillis >= 0);
  }

  @Override
  public boolean meansExpired(ApiAnswer answer) {
    if (answer.head().length == 0) {
      // by the headers alone
      return false;
    }
    seen = Arrays.copyOf(answer.head(), answer.length());
    seenHeaders = answer.wwwAuthenticate() + " " + answer.contentEncoding();
    return answer.status() == 401 && expired;
  }

  @Override
  public boolean renew(String refused, boolean replayable, long budgetMillis) {
    budgets.add(budgetMillis);
    renewed.add(String.valueOf(refused));
    return renewal.join();
  }

  @Override
  public CompletionStage<Boolean> renewAsync(
      String refused, boolean replayable, long budgetMillis) {
    budgets.add(budgetMillis);
    renewed.add(String.valueOf(refused));
    return renewal;
  }

  @Override
  public void replayRefused(String refused) {
    refusedReplays.add(refused);
  }

  @Override
  public boolean isInDoubt() {
    return inDoubt;
  }

  @Override
  public void accepted(String sent) {
    accepted.add(sent);
  }

  @Override
  public long pauseMillis(ApiAnswer answer, int pauses, long pausedMillis) {
    return answer.status() == 429 && pauses < 2 ? pauseMillis : -1;
  }

  @Override
  public CompletionStage<Void> after(long millis) {
    return pause;
  }

  @Override
  public void passedOn(ApiAnswer answer) {
    passedOn.add(answer.status());
  }

  @Override
  public int replayBodyLimit() {
    return limit;
  }
}

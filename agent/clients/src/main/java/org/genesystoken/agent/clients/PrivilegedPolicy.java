package org.genesystoken.agent.clients;

import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.concurrent.CompletionStage;
import org.genesystoken.agent.core.policy.ApiAnswer;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * A policy on which a security manager (Java 8 to 17) does not look through to the app that waits
 * for it: threads, secrets and the token endpoint are the agent's to use, not the app's. Any first
 * question may start the policy, so each is privileged. As thread-safe as the policy.
 */
final class PrivilegedPolicy extends TokenPolicy {
  private final TokenPolicy policy;

  private PrivilegedPolicy(TokenPolicy policy) {
    this.policy = policy;
  }

  /** The policy itself where there is no security manager. */
  static TokenPolicy of(TokenPolicy policy) {
    return hasSecurityManager() ? new PrivilegedPolicy(policy) : policy;
  }

  @SuppressWarnings({"deprecation", "removal"}) // deprecated since 17, where apps still set one
  private static boolean hasSecurityManager() {
    return System.getSecurityManager() != null;
  }

  @Override
  public boolean covers(String scheme, String host, int port, String path) {
    return AccessController.doPrivileged(
        (PrivilegedAction<Boolean>) () -> policy.covers(scheme, host, port, path));
  }

  @Override
  public String authorization(String own, long budgetMillis) {
    return AccessController.doPrivileged(
        (PrivilegedAction<String>) () -> policy.authorization(own, budgetMillis));
  }

  @Override
  public String authorizationNow(String own) {
    return AccessController.doPrivileged(
        (PrivilegedAction<String>) () -> policy.authorizationNow(own));
  }

  @Override
  public boolean hasToWait(String own) {
    return AccessController.doPrivileged((PrivilegedAction<Boolean>) () -> policy.hasToWait(own));
  }

  @Override
  public CompletionStage<Void> ready(String own, long budgetMillis) {
    return AccessController.doPrivileged(
        (PrivilegedAction<CompletionStage<Void>>) () -> policy.ready(own, budgetMillis));
  }

  @Override
  public boolean mayReplace(String own) {
    return AccessController.doPrivileged((PrivilegedAction<Boolean>) () -> policy.mayReplace(own));
  }

  @Override
  public boolean looksAt(int status) {
    return AccessController.doPrivileged((PrivilegedAction<Boolean>) () -> policy.looksAt(status));
  }

  @Override
  public boolean meansExpired(ApiAnswer answer) {
    return AccessController.doPrivileged(
        (PrivilegedAction<Boolean>) () -> policy.meansExpired(answer));
  }

  @Override
  public boolean renew(String refused, boolean replayable, long budgetMillis) {
    return AccessController.doPrivileged(
        (PrivilegedAction<Boolean>) () -> policy.renew(refused, replayable, budgetMillis));
  }

  @Override
  public CompletionStage<Boolean> renewAsync(
      String refused, boolean replayable, long budgetMillis) {
    return AccessController.doPrivileged(
        (PrivilegedAction<CompletionStage<Boolean>>)
            () -> policy.renewAsync(refused, replayable, budgetMillis));
  }

  @Override
  public void replayRefused(String refused) {
    AccessController.doPrivileged(
        (PrivilegedAction<Void>)
            () -> {
              policy.replayRefused(refused);
              return null;
            });
  }

  @Override
  public boolean isInDoubt() {
    return AccessController.doPrivileged((PrivilegedAction<Boolean>) policy::isInDoubt);
  }

  @Override
  public void accepted(String sent) {
    AccessController.doPrivileged(
        (PrivilegedAction<Void>)
            () -> {
              policy.accepted(sent);
              return null;
            });
  }

  @Override
  public long pauseMillis(ApiAnswer answer, int pauses, long pausedMillis) {
    return AccessController.doPrivileged(
        (PrivilegedAction<Long>) () -> policy.pauseMillis(answer, pauses, pausedMillis));
  }

  @Override
  public CompletionStage<Void> after(long millis) {
    return AccessController.doPrivileged(
        (PrivilegedAction<CompletionStage<Void>>) () -> policy.after(millis));
  }

  @Override
  public void passedOn(ApiAnswer answer) {
    AccessController.doPrivileged(
        (PrivilegedAction<Void>)
            () -> {
              policy.passedOn(answer);
              return null;
            });
  }

  @Override
  public int replayBodyLimit() {
    return AccessController.doPrivileged((PrivilegedAction<Integer>) policy::replayBodyLimit);
  }
}

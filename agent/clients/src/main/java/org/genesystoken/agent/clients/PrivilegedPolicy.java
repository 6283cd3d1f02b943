package org.genesystoken.agent.clients;

import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.List;
import java.util.concurrent.CompletionStage;
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
  public String authorization(String own) {
    return AccessController.doPrivileged(
        (PrivilegedAction<String>) () -> policy.authorization(own));
  }

  @Override
  public String authorizationNow(String own) {
    return AccessController.doPrivileged(
        (PrivilegedAction<String>) () -> policy.authorizationNow(own));
  }

  @Override
  public CompletionStage<Void> ready() {
    return AccessController.doPrivileged(
        (PrivilegedAction<CompletionStage<Void>>) () -> policy.ready());
  }

  @Override
  public boolean mayReplace(String own) {
    return AccessController.doPrivileged((PrivilegedAction<Boolean>) () -> policy.mayReplace(own));
  }

  @Override
  public boolean meansExpired(
      int status, List<String> wwwAuthenticate, String contentEncoding, byte[] body, int length) {
    return AccessController.doPrivileged(
        (PrivilegedAction<Boolean>)
            () -> policy.meansExpired(status, wwwAuthenticate, contentEncoding, body, length));
  }

  @Override
  public boolean renew(String refused) {
    return AccessController.doPrivileged((PrivilegedAction<Boolean>) () -> policy.renew(refused));
  }

  @Override
  public CompletionStage<Boolean> renewAsync(String refused) {
    return AccessController.doPrivileged(
        (PrivilegedAction<CompletionStage<Boolean>>) () -> policy.renewAsync(refused));
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
  public int replayBodyLimit() {
    return AccessController.doPrivileged((PrivilegedAction<Integer>) policy::replayBodyLimit);
  }
}

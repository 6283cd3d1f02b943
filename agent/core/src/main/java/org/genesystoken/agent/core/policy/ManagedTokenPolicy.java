package org.genesystoken.agent.core.policy;

import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.genesystoken.agent.core.config.Configuration.Inject;
import org.genesystoken.agent.core.token.TokenManager;

/** The policy over a token manager that is made when the first covered request comes. */
final class ManagedTokenPolicy extends TokenPolicy {
  static final int UNAUTHORIZED = 401;
  static final int FORBIDDEN = 403;

  private static final String TUTORIAL_TOKEN_PATH = "/api/v2/oauth/token";
  private static final String LOGIN_TOKEN_PATH = "/oauth/token";
  private static final String BEARER = "Bearer";

  /** As nearly all apps write it: told at a fraction of the cost of any case. */
  private static final String USUAL = "Bearer ";

  private static final int MAX_REMEMBERED = 64;

  private final Origins origins;
  private final URI tokenUrl;
  private final Origins tokenOrigin;
  private final ExpiryDetector expiry;
  private final Inject inject;
  private final int replayBodyLimit;
  private final Throttling throttling;
  private final MissingPermissions permissions;
  private final Function<URI, TokenManager> managers;
  private final ReentrantLock lock = new ReentrantLock();

  private volatile TokenManager manager;
  // Copied on write; null stands for requests without an Authorization of their own.
  private volatile Set<String> refusedOwn = Collections.emptySet();

  /**
   * @param tokenUrl null: derived from the first covered request
   * @param managers makes the manager for a token URL
   */
  ManagedTokenPolicy(
      Origins origins,
      URI tokenUrl,
      Set<String> expiredCodes,
      Inject inject,
      int replayBodyLimit,
      Throttling throttling,
      MissingPermissions permissions,
      Function<URI, TokenManager> managers) {
    this.origins = origins;
    this.tokenUrl = tokenUrl;
    this.tokenOrigin = tokenUrl == null ? null : Origins.of(tokenUrl);
    this.expiry = new ExpiryDetector(expiredCodes);
    this.inject = inject;
    this.replayBodyLimit = replayBodyLimit;
    this.throttling = throttling;
    this.permissions = permissions;
    this.managers = managers;
  }

  @Override
  public boolean covers(String scheme, String host, int port, String path) {
    if (!origins.covers(scheme, host, port) || isTokenEndpoint(scheme, host, port, path)) {
      return false;
    }
    if (manager == null) {
      start(scheme, host, port);
    }
    return true;
  }

  @Override
  public String authorization(String own, long budgetMillis) {
    TokenManager started = manager;
    return started == null || !injects(own) ? null : started.header(budgetMillis);
  }

  @Override
  public String authorizationNow(String own) {
    TokenManager started = manager;
    return started == null || !injects(own) ? null : started.headerNow();
  }

  @Override
  public boolean hasToWait(String own) {
    TokenManager started = manager;
    return started != null && injects(own) && started.headerNow() == null;
  }

  @Override
  public CompletionStage<Void> ready(String own, long budgetMillis) {
    TokenManager started = manager;
    if (started == null || !injects(own)) {
      return CompletableFuture.completedFuture(null);
    }
    return started.whenReady(budgetMillis);
  }

  @Override
  public boolean mayReplace(String own) {
    return own == null ? inject != Inject.BEARER_ONLY : isBearer(own);
  }

  @Override
  public boolean looksAt(int status) {
    return status == UNAUTHORIZED || status == FORBIDDEN || throttling.looksAt(status);
  }

  @Override
  public boolean meansExpired(ApiAnswer answer) {
    return expiry.meansExpired(answer);
  }

  @Override
  public boolean renew(String refused, boolean replayable, long budgetMillis) {
    TokenManager started = manager;
    if (started == null) {
      return false;
    }
    boolean waited = hasWaited(started, refused);
    remember(started, refused);
    return waited
        ? started.renewNow(refused, replayable)
        : started.renew(refused, replayable, budgetMillis);
  }

  @Override
  public CompletionStage<Boolean> renewAsync(
      String refused, boolean replayable, long budgetMillis) {
    TokenManager started = manager;
    if (started == null) {
      return CompletableFuture.completedFuture(false);
    }
    boolean waited = hasWaited(started, refused);
    remember(started, refused);
    return waited
        ? CompletableFuture.completedFuture(started.renewNow(refused, replayable))
        : started.renewAsync(refused, replayable, budgetMillis);
  }

  @Override
  public void replayRefused(String refused) {
    TokenManager started = manager;
    if (started != null) {
      started.replayRefused(refused);
      if (inject == Inject.ON_401) {
        // An app whose own value is ever another one uses the managed token in replays only.
        started.renewInBackground(refused);
      }
    }
  }

  @Override
  public boolean isInDoubt() {
    TokenManager started = manager;
    return started != null && started.isInDoubt();
  }

  @Override
  public void accepted(String sent) {
    TokenManager started = manager;
    if (started != null) {
      started.accepted(sent);
    }
  }

  @Override
  public long pauseMillis(ApiAnswer answer, int pauses, long pausedMillis) {
    return throttling.pauseMillis(answer, pauses, pausedMillis);
  }

  @Override
  public CompletionStage<Void> after(long millis) {
    return throttling.after(millis);
  }

  @Override
  public void passedOn(ApiAnswer answer) {
    if (answer.status() == FORBIDDEN) {
      permissions.report(answer);
    }
  }

  @Override
  public int replayBodyLimit() {
    return replayBodyLimit;
  }

  /**
   * Whether a refused request went out as the app wrote it because no token came within {@code
   * wait}. One call waits once.
   */
  private boolean hasWaited(TokenManager started, String refused) {
    return injects(refused) && !started.isCurrent(refused);
  }

  private boolean injects(String own) {
    switch (inject) {
      case ON_401:
        return mayReplace(own) && refusedOwn.contains(own);
      default:
        return mayReplace(own);
    }
  }

  private void remember(TokenManager started, String refused) {
    if (inject != Inject.ON_401 || refusedOwn.contains(refused) || started.isCurrent(refused)) {
      return;
    }
    lock.lock();
    try {
      Set<String> more = new LinkedHashSet<>(refusedOwn);
      if (more.size() >= MAX_REMEMBERED) {
        more.remove(more.iterator().next());
      }
      more.add(refused);
      refusedOwn = more;
    } finally {
      lock.unlock();
    }
  }

  private boolean isTokenEndpoint(String scheme, String host, int port, String path) {
    if (path == null) {
      return false;
    }
    return is(path, LOGIN_TOKEN_PATH)
        || is(path, TUTORIAL_TOKEN_PATH)
        || (tokenOrigin != null
            && is(path, tokenUrl.getRawPath())
            && tokenOrigin.covers(scheme, host, port));
  }

  /** Whether this is that path, with a query or a fragment perhaps. */
  private static boolean is(String path, String tokenPath) {
    if (!path.startsWith(tokenPath)) {
      return false;
    }
    int end = tokenPath.length();
    return end == path.length() || path.charAt(end) == '?' || path.charAt(end) == '#';
  }

  private void start(String scheme, String host, int port) {
    lock.lock();
    try {
      if (manager == null) {
        URI url = tokenUrl;
        if (url == null) {
          String name = host.indexOf(':') >= 0 && host.charAt(0) != '[' ? '[' + host + ']' : host;
          url =
              URI.create(
                  scheme + "://" + name + (port == -1 ? "" : ":" + port) + TUTORIAL_TOKEN_PATH);
        }
        manager = managers.apply(url);
      }
    } finally {
      lock.unlock();
    }
  }

  private static boolean isBearer(String own) {
    if (own.startsWith(USUAL)) {
      return true;
    }
    int at = 0;
    while (at < own.length() && isBlank(own.charAt(at))) {
      at++;
    }
    int end = at + BEARER.length();
    return own.regionMatches(true, at, BEARER, 0, BEARER.length())
        && (end == own.length() || isBlank(own.charAt(end)));
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }
}

package org.genesystoken.agent.core.token;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.genesystoken.agent.core.config.Secret;
import org.genesystoken.agent.core.endpoint.TokenEndpoint;
import org.genesystoken.agent.core.endpoint.TokenRequestException;
import org.genesystoken.agent.core.endpoint.TokenResponse;

/** Grants token-1, token-2, … unless the script says otherwise for the next request. */
final class ScriptedEndpoint implements TokenEndpoint {
  interface Step {
    TokenResponse run(String token) throws TokenRequestException;
  }

  private final AtomicInteger requests = new AtomicInteger();
  private final Deque<Step> script = new ArrayDeque<>();
  private final AtomicInteger looks = new AtomicInteger();
  private volatile BooleanSupplier newSecret = () -> false;
  private volatile Step otherwise = token -> grant(token, 3_600);

  /** What the next request that has no step yet gets. */
  synchronized ScriptedEndpoint then(Step step) {
    script.add(step);
    return this;
  }

  /** What all requests get once the script has ended. */
  ScriptedEndpoint always(Step step) {
    otherwise = step;
    return this;
  }

  int requests() {
    return requests.get();
  }

  /** Whether somebody has replaced the secret, until it is used. */
  void newSecret(boolean there) {
    newSecret = () -> there;
  }

  /** What comes of looking after a new secret, until it is used. */
  void looking(BooleanSupplier look) {
    newSecret = look;
  }

  /** How often it was looked after a new secret. */
  int looks() {
    return looks.get();
  }

  @Override
  public boolean hasNewSecret() {
    looks.incrementAndGet();
    return newSecret.getAsBoolean();
  }

  static TokenResponse grant(String token, long seconds) {
    return new TokenResponse(new Secret(token), seconds * 1000);
  }

  static Step granting(long seconds) {
    return token -> grant(token, seconds);
  }

  static Step failing() {
    return token -> {
      throw TokenRequestException.temporary("it answered 503");
    };
  }

  static Step refusing() {
    return token -> {
      throw TokenRequestException.permanent("it answered 400 invalid_client", "invalid_client");
    };
  }

  @Override
  public TokenResponse request() throws TokenRequestException {
    newSecret = () -> false;
    Step step;
    String token = "token-" + requests.incrementAndGet();
    synchronized (this) {
      step = script.isEmpty() ? otherwise : script.remove();
    }
    return step.run(token);
  }
}

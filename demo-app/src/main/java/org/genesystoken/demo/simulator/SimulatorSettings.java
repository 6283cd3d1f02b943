package org.genesystoken.demo.simulator;

import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;

/** What a simulator is to be like. Immutable and thread-safe; each {@code with} makes a copy. */
public final class SimulatorSettings {
  /** The client that every simulator knows. */
  public static final String CLIENT_ID = "11112222-3333-4444-5555-666677778888";

  /** Its secret, which opens nothing but a simulator. */
  public static final String CLIENT_SECRET = "not-a-secret";

  /** What the platform says of a new token by default: 24 h. */
  private static final Duration DEFAULT_STATED_LIFE = Duration.ofDays(1);

  private final Duration tokenLife;
  private final Duration statedLife;
  private final ErrorStyle errorStyle;
  private final LongSupplier nanoClock;

  private SimulatorSettings(
      Duration tokenLife, Duration statedLife, ErrorStyle errorStyle, LongSupplier nanoClock) {
    this.tokenLife = tokenLife;
    this.statedLife = statedLife;
    this.errorStyle = errorStyle;
    this.nanoClock = nanoClock;
  }

  /**
   * Tokens die after {@code tokenLife} although {@code expires_in} says 24 h, as when the platform
   * evicts or revokes them; errors are the platform's.
   */
  public static SimulatorSettings tokensLive(Duration tokenLife) {
    return new SimulatorSettings(
        Objects.requireNonNull(tokenLife),
        DEFAULT_STATED_LIFE,
        ErrorStyle.PLATFORM,
        System::nanoTime);
  }

  /** {@code expires_in} tells the truth, so that a client can renew ahead. */
  public SimulatorSettings withHonestExpiry() {
    return new SimulatorSettings(tokenLife, tokenLife, errorStyle, nanoClock);
  }

  public SimulatorSettings withErrors(ErrorStyle style) {
    return new SimulatorSettings(tokenLife, statedLife, Objects.requireNonNull(style), nanoClock);
  }

  /** The clock that tokens age by, in nanoseconds from an arbitrary origin. */
  public SimulatorSettings withClock(LongSupplier clock) {
    return new SimulatorSettings(tokenLife, statedLife, errorStyle, Objects.requireNonNull(clock));
  }

  Duration tokenLife() {
    return tokenLife;
  }

  Duration statedLife() {
    return statedLife;
  }

  ErrorStyle errorStyle() {
    return errorStyle;
  }

  LongSupplier nanoClock() {
    return nanoClock;
  }
}

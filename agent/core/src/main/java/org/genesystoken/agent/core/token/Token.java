package org.genesystoken.agent.core.token;

/**
 * What requests carry now, ready-made. Immutable but for {@link #used}; a change of state is a new
 * snapshot with the same header.
 */
final class Token {
  /** Before the first token. */
  static final Token NONE = new Token(0, null, null, false, 0, 0, 0, 0, false);

  /** Number of the flight that brought it; a larger one is newer. */
  final long generation;

  /** The Authorization value; null only in {@link #NONE}. */
  final String header;

  /** The header while requests may take it without asking further, else null. */
  final String sendable;

  final boolean expires;

  /** When to renew it and when it is dead, monotonic nanoseconds. */
  final long softAt;

  final long hardAt;

  /**
   * The wall clock's time, milliseconds, after which an alarm is overdue: the machine was
   * suspended, and a token that expires may be over. Part of the snapshot, so that no request takes
   * a newer time for an older token.
   */
  final long overdueMillis;

  /** When the request for it was sent: the server minted it later. */
  final long askedAt;

  /** Whether it was asked for because the one before had been refused. */
  final boolean afterRefusal;

  /**
   * Whether a request has taken it. A race only loses time: a token in use is used again soon.
   * Plain, so that the reading request pays nothing.
   */
  boolean used;

  private Token(
      long generation,
      String header,
      String sendable,
      boolean expires,
      long softAt,
      long hardAt,
      long overdueMillis,
      long askedAt,
      boolean afterRefusal) {
    this.generation = generation;
    this.header = header;
    this.sendable = sendable;
    this.expires = expires;
    this.softAt = softAt;
    this.hardAt = hardAt;
    this.overdueMillis = overdueMillis;
    this.askedAt = askedAt;
    this.afterRefusal = afterRefusal;
  }

  static Token lasting(long generation, String header, long now) {
    return new Token(generation, header, header, false, 0, 0, 0, now, false);
  }

  static Token minted(
      long generation,
      String header,
      long sentAt,
      Lifetime life,
      long overdueMillis,
      boolean afterRefusal) {
    return new Token(
        generation,
        header,
        header,
        true,
        sentAt + life.softNanos,
        sentAt + life.hardNanos,
        overdueMillis,
        sentAt,
        afterRefusal);
  }

  boolean isAsleep() {
    return header != null && sendable == null && expires;
  }

  /** Not renewed any more, but good for a while: the next request has to wake it. */
  Token asleep() {
    return with(null, true, softAt, hardAt, overdueMillis);
  }

  Token awake() {
    Token awake = with(header, true, softAt, hardAt, overdueMillis);
    awake.used = true;
    return awake;
  }

  /** Over; kept only to recognise its late refusals. */
  Token dead() {
    return with(null, false, softAt, hardAt, overdueMillis);
  }

  /**
   * With the next alarm's time.
   *
   * @param missed nanoseconds that the machine has slept: the server's clock has gone on
   */
  Token watched(long missed, long nextOverdueMillis) {
    Token watched = with(sendable, expires, softAt - missed, hardAt - missed, nextOverdueMillis);
    watched.used = used;
    return watched;
  }

  private Token with(
      String newSendable,
      boolean newExpires,
      long newSoftAt,
      long newHardAt,
      long newOverdueMillis) {
    return new Token(
        generation,
        header,
        newSendable,
        newExpires,
        newSoftAt,
        newHardAt,
        newOverdueMillis,
        askedAt,
        afterRefusal);
  }
}

package org.genesystoken.agent.core.token;

/**
 * What requests carry now, ready-made. Immutable but for {@link #used}; a change of state is a new
 * snapshot with the same header.
 */
final class Token {
  /** Before the first token. */
  static final Token NONE = new Token(0, null, null, false, 0, 0, 0, false);

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
      long askedAt,
      boolean afterRefusal) {
    this.generation = generation;
    this.header = header;
    this.sendable = sendable;
    this.expires = expires;
    this.softAt = softAt;
    this.hardAt = hardAt;
    this.askedAt = askedAt;
    this.afterRefusal = afterRefusal;
  }

  static Token lasting(long generation, String header, long now) {
    return new Token(generation, header, header, false, 0, 0, now, false);
  }

  static Token minted(
      long generation, String header, long sentAt, Lifetime life, boolean afterRefusal) {
    return new Token(
        generation,
        header,
        header,
        true,
        sentAt + life.softNanos,
        sentAt + life.hardNanos,
        sentAt,
        afterRefusal);
  }

  boolean isAsleep() {
    return header != null && sendable == null && expires;
  }

  /** Not renewed any more, but good for a while: the next request has to wake it. */
  Token asleep() {
    return new Token(generation, header, null, true, softAt, hardAt, askedAt, afterRefusal);
  }

  Token awake() {
    return copy(header, softAt, hardAt, true);
  }

  /** Over; kept only to recognise its late refusals. */
  Token dead() {
    return new Token(generation, header, null, false, softAt, hardAt, askedAt, afterRefusal);
  }

  /** For a machine that has slept: the server's clock has gone on. */
  Token aged(long nanos) {
    return copy(sendable, softAt - nanos, hardAt - nanos, used);
  }

  private Token copy(String newSendable, long newSoftAt, long newHardAt, boolean newUsed) {
    Token copy =
        new Token(
            generation, header, newSendable, expires, newSoftAt, newHardAt, askedAt, afterRefusal);
    copy.used = newUsed;
    return copy;
  }
}

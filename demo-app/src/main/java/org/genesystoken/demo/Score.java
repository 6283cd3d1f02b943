package org.genesystoken.demo;

/** What one side came to. Not thread-safe. */
final class Score {
  private int calls;
  private int failures;
  private int refusals;
  private int refusalsSent;
  private int tokenRequests;
  private int tokensOnTheWire;

  void add(Mark mark) {
    calls++;
    if (mark.isFailure()) {
      failures++;
    }
    if (mark == Mark.REFUSED) {
      refusals++;
    }
  }

  /** What the server saw of this side. */
  void addServerSide(int refusalsSentMore, int tokenRequestsMore, int tokensOnTheWireMore) {
    refusalsSent += refusalsSentMore;
    tokenRequests += tokenRequestsMore;
    tokensOnTheWire += tokensOnTheWireMore;
  }

  void add(Score other) {
    calls += other.calls;
    failures += other.failures;
    refusals += other.refusals;
    addServerSide(other.refusalsSent, other.tokenRequests, other.tokensOnTheWire);
  }

  int calls() {
    return calls;
  }

  /** Calls whose failure the program saw. */
  int failures() {
    return failures;
  }

  /** 401s that the server sent and the program never saw. */
  int absorbed() {
    return refusalsSent - refusals;
  }

  int tokenRequests() {
    return tokenRequests;
  }

  int tokensOnTheWire() {
    return tokensOnTheWire;
  }
}

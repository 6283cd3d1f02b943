package org.genesystoken.demo.simulator;

/** What a simulator saw up to one moment. Immutable and thread-safe. */
public final class Counts {
  private final int answered;
  private final int refused;
  private final int otherErrors;
  private final int tokenRequests;
  private final int tokensIssued;
  private final int distinctTokens;

  public Counts(
      int answered,
      int refused,
      int otherErrors,
      int tokenRequests,
      int tokensIssued,
      int distinctTokens) {
    this.answered = answered;
    this.refused = refused;
    this.otherErrors = otherErrors;
    this.tokenRequests = tokenRequests;
    this.tokensIssued = tokensIssued;
    this.distinctTokens = distinctTokens;
  }

  /** API calls that were answered 200. */
  public int answered() {
    return answered;
  }

  /** API calls that were answered 401. */
  public int refused() {
    return refused;
  }

  /** API calls that were answered anything else. */
  public int otherErrors() {
    return otherErrors;
  }

  /** Requests to the token endpoint, whatever became of them. */
  public int tokenRequests() {
    return tokenRequests;
  }

  /** Requests to the token endpoint that yielded a token. */
  public int tokensIssued() {
    return tokensIssued;
  }

  /** Different bearer tokens that arrived with API calls, dead and unknown ones included. */
  public int distinctTokens() {
    return distinctTokens;
  }
}

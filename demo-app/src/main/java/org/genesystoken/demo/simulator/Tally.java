package org.genesystoken.demo.simulator;

import java.util.HashSet;
import java.util.Set;

/** Counts what a simulator sees. Thread-safe. */
final class Tally {
  private int answered;
  private int refused;
  private int otherErrors;
  private int tokenRequests;
  private int tokensIssued;
  private final Set<String> tokensSeen = new HashSet<>();

  synchronized void apiAnswer(int status) {
    if (status == 200) {
      answered++;
    } else if (status == 401) {
      refused++;
    } else {
      otherErrors++;
    }
  }

  synchronized void bearer(String token) {
    tokensSeen.add(token);
  }

  synchronized void tokenAnswer(int status) {
    tokenRequests++;
    if (status == 200) {
      tokensIssued++;
    }
  }

  synchronized Counts counts() {
    return new Counts(
        answered, refused, otherErrors, tokenRequests, tokensIssued, tokensSeen.size());
  }
}

package org.genesystoken.demo;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.genesystoken.demo.simulator.Counts;

/**
 * Turns a line of a legacy program into a mark, by what the server saw since the line before. That
 * is exact: a program makes one call at a time, and the server counts before it answers. Not
 * thread-safe.
 */
final class CallReader {
  private static final Pattern CALL = Pattern.compile("(?:GET|POST) \\S+ (\\d{1,3})");

  private final Platform platform;
  private int refusedBefore;
  private int issuedBefore;

  CallReader(Platform platform) {
    this.platform = platform;
  }

  /** The status in the line, 0 for no answer; -1 if the line is not about a call. */
  static int status(String line) {
    Matcher call = CALL.matcher(line);
    return call.matches() ? Integer.parseInt(call.group(1)) : -1;
  }

  Mark mark(int status) {
    Counts counts = platform.counts();
    if (counts == null) {
      return Mark.of(status, 0, 0);
    }
    int refusals = counts.refused() - refusedBefore;
    // the first token replaces none of the agent's own
    int newTokens = issuedBefore == 0 ? 0 : counts.tokensIssued() - issuedBefore;
    refusedBefore = counts.refused();
    issuedBefore = counts.tokensIssued();
    return Mark.of(status, refusals, newTokens);
  }
}

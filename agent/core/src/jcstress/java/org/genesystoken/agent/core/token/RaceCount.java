package org.genesystoken.agent.core.token;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says how many interleavings jcstress has run, from the tables that it prints at the end; fewer
 * than a million are a failure, as they would prove too little.
 */
public final class RaceCount {
  /** What comes after it counts: before it there is a table for each fork. */
  private static final String TOTALS = "RUN RESULTS:";

  /** A result, its samples, their share, what was expected. */
  private static final Pattern ROW =
      Pattern.compile("(?m)^ +\\S.*? ([0-9,]+) +<?[0-9.]+% +(Acceptable|Interesting|Forbidden)");

  private static final long ENOUGH = 1_000_000;

  private RaceCount() {}

  /**
   * @param args the file with jcstress' output, verbose
   */
  public static void main(String[] args) throws IOException {
    String output = new String(Files.readAllBytes(Paths.get(args[0])), StandardCharsets.UTF_8);
    Matcher row = ROW.matcher(output.substring(output.lastIndexOf(TOTALS)));
    long samples = 0;
    while (row.find()) {
      samples += Long.parseLong(row.group(1).replace(",", ""));
    }
    System.out.printf("jcstress: %,d interleavings of the token's races%n", samples);
    if (samples < ENOUGH) {
      throw new IllegalStateException("fewer than " + ENOUGH);
    }
  }
}

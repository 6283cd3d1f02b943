package org.genesystoken.agent.core.token;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Says how many interleavings jcstress has run, from the tables that it prints at the end; fewer
 * than a million in all, or a thousand of one race, are a failure, as they would prove too little.
 */
public final class RaceCount {
  /** What comes after it counts: before it there is a table for each fork. */
  private static final String TOTALS = "RUN RESULTS:";

  /** A result, its samples, their share, what was expected. */
  private static final Pattern ROW =
      Pattern.compile("(?m)^ +\\S.*? ([0-9,]+) +<?[0-9.]+% +(Acceptable|Interesting|Forbidden)");

  /** What comes before the name of each race, all of which begin so. */
  private static final String RACE = Races.class.getName() + ".";

  private static final long ENOUGH = 1_000_000;
  private static final long ENOUGH_OF_ONE = 1_000;

  private RaceCount() {}

  /**
   * @param args the file with jcstress' output, verbose
   */
  public static void main(String[] args) throws IOException {
    String output = new String(Files.readAllBytes(Paths.get(args[0])), StandardCharsets.UTF_8);
    String[] races = output.substring(output.lastIndexOf(TOTALS)).split(Pattern.quote(RACE), -1);
    long expected =
        Stream.of(Races.class.getDeclaredClasses())
            .filter(race -> Modifier.isPublic(race.getModifiers()))
            .count();
    if (races.length - 1 != expected) {
      throw new IllegalStateException(races.length - 1 + " races have run of " + expected);
    }
    long all = 0;
    // what is before the first is about none of them
    for (int i = 1; i < races.length; i++) {
      long samples = samples(races[i]);
      if (samples < ENOUGH_OF_ONE) {
        throw new IllegalStateException("fewer than " + ENOUGH_OF_ONE + " of " + races[i]);
      }
      all += samples;
    }
    System.out.printf(
        "jcstress: %,d interleavings of the token's races, of which there are %d%n",
        all, races.length - 1);
    if (all < ENOUGH) {
      throw new IllegalStateException("fewer than " + ENOUGH);
    }
  }

  private static long samples(String table) {
    Matcher row = ROW.matcher(table);
    long samples = 0;
    while (row.find()) {
      samples += Long.parseLong(row.group(1).replace(",", ""));
    }
    return samples;
  }
}

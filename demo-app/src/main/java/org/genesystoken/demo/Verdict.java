package org.genesystoken.demo;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Whether a scene came out as promised. */
final class Verdict {
  private Verdict() {}

  /**
   * What went wrong, for a person; empty if all calls were good with the agent, and not all
   * without.
   *
   * @param strayLines what stood on a program's stdout although the program did not write it
   * @param stderr what helps to find the cause; mentioned only if something went wrong
   */
  static List<String> problems(
      Score without, Score with, Collection<String> strayLines, Collection<String> stderr) {
    List<String> problems = new ArrayList<>();
    if (with.calls() == 0) {
      problems.add("The program made no call with the agent.");
    }
    if (with.failures() > 0) {
      problems.add("With the agent, " + with.failures() + " call(s) failed.");
    }
    if (without.failures() == 0) {
      problems.add("Without the agent, no call failed, so nothing was shown.");
    }
    for (String line : strayLines) {
      problems.add("On stdout, and not from the program: " + line);
    }
    if (!problems.isEmpty()) {
      problems.addAll(stderr);
    }
    return problems;
  }
}

package org.genesystoken.demo;

import java.io.PrintStream;
import java.util.Locale;

/** What stands below the picture. */
final class Totals {
  private Totals() {}

  /**
   * @param serverUnseen whether only the programs' side is known
   */
  static void print(
      PrintStream out,
      Ink ink,
      Score without,
      Score with,
      boolean serverUnseen,
      boolean asPromised) {
    out.println(ink.bold(String.format(Locale.ROOT, "%-30s%9s%9s", "Totals", "without", "with")));
    row(out, "calls", without.calls(), with.calls());
    row(out, "failures seen by the program", without.failures(), with.failures());
    if (!serverUnseen) {
      row(out, "401s absorbed", without.absorbed(), with.absorbed());
      row(out, "token requests", without.tokenRequests(), with.tokenRequests());
      row(out, "different tokens on the wire", without.tokensOnTheWire(), with.tokensOnTheWire());
    }
    out.println();
    String verdict =
        with.failures() + " failures with the agent, " + without.failures() + " without.";
    out.println(
        asPromised
            ? ink.paint(Mark.GOOD, verdict)
            : ink.paint(Mark.REFUSED, "Not as promised: " + verdict));
  }

  private static void row(PrintStream out, String what, int without, int with) {
    out.println(String.format(Locale.ROOT, "%-30s%9d%9d", what, without, with));
  }
}

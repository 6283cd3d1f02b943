package org.genesystoken.demo;

import java.io.PrintStream;

/** What stands above the picture. */
final class Legend {
  private Legend() {}

  static void print(PrintStream out, Ink ink, boolean real) {
    out.println();
    out.println(ink.bold("Genesys Token Agent: the same program twice, one JVM flag apart"));
    out.println();
    out.println("Each program got its token once, in its configuration, and knows no other.");
    out.println("It makes four calls a second, GET and POST by turns.");
    out.println("The agent finds the client's id and secret in the environment.");
    out.println();
    line(out, ink, Mark.GOOD, "answered");
    line(out, ink, Mark.REFUSED, "401, seen by the program");
    if (real) {
      line(out, ink, Mark.DECLINED, "known caller, call declined for another reason");
    } else {
      line(out, ink, Mark.ABSORBED, "401, absorbed: new token, call sent again, program sees 200");
      line(out, ink, Mark.RENEWED, "answered, token renewed before it could be refused");
    }
    out.println();
  }

  private static void line(PrintStream out, Ink ink, Mark mark, String meaning) {
    out.println("  " + ink.paint(mark, String.valueOf(ink.symbol(mark))) + "  " + meaning);
  }
}

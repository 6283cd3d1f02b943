package org.genesystoken.demo;

import java.util.EnumMap;
import java.util.Map;

/** Says in plain English what just happened, at the moments that matter. Not thread-safe. */
final class Narrator {
  private final boolean real;
  private final Map<Mark, Integer> seenWithout = new EnumMap<>(Mark.class);
  private final Map<Mark, Integer> seenWith = new EnumMap<>(Mark.class);

  /**
   * @param real whether the real platform is at the other end, where the token is stale from the
   *     start and the server's side cannot be seen
   */
  Narrator(boolean real) {
    this.real = real;
  }

  /** The sentence that belongs to this call, or null. */
  String sentence(Side side, Mark mark) {
    int times = (side == Side.WITH ? seenWith : seenWithout).merge(mark, 1, Integer::sum);
    return side == Side.WITH ? with(mark, times) : without(mark, times);
  }

  private String without(Mark mark, int times) {
    if (mark == Mark.REFUSED && times == 1) {
      return real
          ? "Without: the token is stale. 401 from the first call to the last."
          : "The token dies. Without: 401 from here to the end.";
    }
    return trouble("Without", mark, times);
  }

  private String with(Mark mark, int times) {
    switch (mark) {
      case GOOD:
        return real && times == 1 ? "With: a live token went in place of the stale one." : null;
      case ABSORBED:
        return times == 1
            ? "With: a new token, the call sent again. The program saw 200."
            : "With: another token dead, nobody noticed.";
      case RENEWED:
        return times == 1
            ? "With: renewed while the old token still worked, so no 401 at all."
            : null;
      case REFUSED:
        return times == 1 ? "With: a 401 came through to the program." : null;
      default:
        return trouble("With", mark, times);
    }
  }

  private static String trouble(String side, Mark mark, int times) {
    if (times > 1) {
      return null;
    }
    switch (mark) {
      case DECLINED:
        return side + ": declined, but not for the token (no permission, or no user behind it).";
      case BROKEN:
        return side + ": no proper answer.";
      default:
        return null;
    }
  }
}

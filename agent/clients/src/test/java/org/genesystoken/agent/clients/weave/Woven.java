package org.genesystoken.agent.clients.weave;

import java.util.List;
import java.util.function.Supplier;

/** What is woven in {@link WeaverTest}; each method is a shape that a weave has to fit into. */
final class Woven {
  /** How the app's class calls its helper. */
  static final class Helper {
    final StringBuilder calls = new StringBuilder();

    Object answer(Object question) {
      calls.append('(').append(question).append(')');
      return "answer to " + question;
    }
  }

  final Helper helper = new Helper();
  private final Object secret = "field";
  private int runs;

  String parameter(String value) {
    return secret.equals("field") ? "got " + value : "never";
  }

  Object call(String value) {
    Object answer = helper.answer(value);
    return answer + "!";
  }

  /** Several returns, a loop, and locals of two slots. */
  Object returns(String value) {
    long sum = 0;
    double half = 0.5;
    for (int i = 0; i < value.length(); i++) {
      char each = value.charAt(i);
      sum += each;
      if (each == 'x') {
        return "early";
      }
    }
    return "late " + sum * half;
  }

  /** Fails the first {@code failures} times, and has handlers of its own. */
  Object fails(Supplier<RuntimeException> failures) {
    runs++;
    try {
      RuntimeException failure = failures.get();
      if (failure != null) {
        throw failure;
      }
    } catch (IllegalArgumentException handled) {
      return "handled in run " + runs;
    } finally {
      helper.calls.append("finally ");
    }
    return "run " + runs;
  }

  Object wide(long first, double second, String word) {
    return word + " " + (first + second);
  }

  static void loggedTo(List<String> log, String text) {
    log.add(text);
  }
}

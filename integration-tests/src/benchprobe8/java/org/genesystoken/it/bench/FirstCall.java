package org.genesystoken.it.bench;

/** One call in a fresh JVM. */
public final class FirstCall {
  private FirstCall() {}

  /**
   * Makes it.
   *
   * @param arguments client and URL
   */
  public static void main(String[] arguments) throws Exception {
    int status = Caller.of(arguments[0]).get(arguments[1]);
    if (status != 200) {
      throw new IllegalStateException("status " + status);
    }
  }
}

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
    long start = System.nanoTime();
    int status = Caller.of(arguments[0]).get(arguments[1]);
    System.out.println("micros " + (System.nanoTime() - start) / 1000);
    if (status != 200) {
      throw new IllegalStateException("status " + status);
    }
  }
}

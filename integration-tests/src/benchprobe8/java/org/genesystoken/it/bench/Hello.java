package org.genesystoken.it.bench;

/** The smallest app. */
public final class Hello {
  private Hello() {}

  /**
   * Says hello.
   *
   * @param arguments any: it says what it takes of the machine, too
   */
  public static void main(String[] arguments) {
    System.out.println("hello");
    if (arguments.length > 0) {
      Usage.print();
    }
  }
}

package org.genesystoken.demo.simulator;

/** Which error body goes with a 401. Both occur in the field. */
public enum ErrorStyle {
  /** The platform's own: {@code code} is a word such as {@code bad.credentials}. */
  PLATFORM,
  /** The tutorials': {@code code} is 401000, by turns a string and a number. */
  TUTORIAL
}

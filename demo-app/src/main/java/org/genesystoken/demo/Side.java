package org.genesystoken.demo;

/** The two columns of the picture. */
enum Side {
  WITHOUT,
  WITH
}

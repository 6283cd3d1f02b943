/**
 * The token manager beside the JVM's best-known ones, row by row: {@code mvn -q -Pbenchmark-tokens
 * verify}. Not a part of the tests.
 */
package org.genesystoken.it.benchmark;

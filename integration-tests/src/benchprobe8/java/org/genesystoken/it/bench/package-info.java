/**
 * What runs in the measured JVMs: two legacy programs, the agents that ours is compared with, and
 * the API that they call. Java 8 bytecode, no library.
 */
package org.genesystoken.it.bench;

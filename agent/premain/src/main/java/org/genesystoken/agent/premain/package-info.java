/**
 * All that the system class loader sees of the agent: the entry points, and the class loader that
 * hides the rest. It touches neither java.util.logging nor java.nio.file nor javax.management,
 * which application servers set up later, and uses no lambda, which would cost start-up time.
 */
package org.genesystoken.agent.premain;

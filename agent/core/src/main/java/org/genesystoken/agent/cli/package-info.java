/**
 * What {@code java -jar genesys-token-agent.jar} does: explain the agent. Runs in a JVM of its own,
 * never in an app's.
 */
package org.genesystoken.agent.cli;

/**
 * The agent's own log lines: through SLF4J's interface, but past everything that the app may have
 * configured for SLF4J, java.util.logging or its standard streams.
 */
package org.genesystoken.agent.core.log;

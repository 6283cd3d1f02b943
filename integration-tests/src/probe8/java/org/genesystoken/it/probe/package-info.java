/**
 * The unmodified app of the integration tests: it makes the HTTP calls that it is told to on stdin,
 * and says on stdout what came back. It knows nothing of the agent.
 */
package org.genesystoken.it.probe;

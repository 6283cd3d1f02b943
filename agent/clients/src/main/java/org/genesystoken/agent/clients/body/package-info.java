/**
 * What the adapters of blocking libraries share: the beginning of a refusal's body, a copy of a
 * request's, and the wait for a token. JDK types only.
 */
package org.genesystoken.agent.clients.body;

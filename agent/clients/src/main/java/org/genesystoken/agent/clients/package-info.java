/**
 * Where the agent meets the HTTP clients: the list of them, and the transformer that waits for
 * their classes. A new client is one package below this one and one line in {@link
 * org.genesystoken.agent.clients.Clients}.
 */
package org.genesystoken.agent.clients;

/**
 * Apache HttpClient 5, the classic one: a hop is carried out by us, once or twice, on the
 * connection that the library has leased for it, below all that an app can put into its chain.
 */
package org.genesystoken.agent.clients.apache5;

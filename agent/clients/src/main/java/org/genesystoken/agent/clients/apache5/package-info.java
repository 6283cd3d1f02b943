/**
 * Apache HttpClient 5: a hop is carried out by us, once or twice, on the connection that the
 * library has leased for it, below all that an app can put into its chain. What is asynchronous in
 * it is told of a hop's events by an {@code Attempt} of ours, which holds those of a refusal.
 */
package org.genesystoken.agent.clients.apache5;

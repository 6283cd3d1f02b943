/**
 * AsyncHttpClient 2.12 and 3: a hop gets its token where it is written to its connection, a refusal
 * is held where it is read from there, below all filters and handlers of the app. No thread waits:
 * what takes time goes on in the connection's event loop.
 */
package org.genesystoken.agent.clients.asynchttpclient;

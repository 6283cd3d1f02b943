/**
 * Apache HttpClient 4.3 to 4.5, the classic one: a hop is carried out by us, once or twice, through
 * the library's own last link of its chain, below all that an app can put into that chain. That of
 * {@code DefaultHttpClient}, which has no chain, is sent by the library and only again by us.
 */
package org.genesystoken.agent.clients.apache4;

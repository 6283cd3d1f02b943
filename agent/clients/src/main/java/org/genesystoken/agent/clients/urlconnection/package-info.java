/**
 * {@code java.net.HttpURLConnection}, http and https. Both end in one JDK class, {@code
 * sun.net.www.protocol.http.HttpURLConnection}; it is the only one that is woven, so that a call is
 * never handled twice.
 */
package org.genesystoken.agent.clients.urlconnection;

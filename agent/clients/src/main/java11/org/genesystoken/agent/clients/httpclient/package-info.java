/**
 * {@code java.net.http.HttpClient} of Java 11 and later. The token goes on as a system header, per
 * hop, where no {@code HttpRequest} that the app can see shows it; the replay is a second {@code
 * send} of the app's own request, around the JDK's client, with public API only.
 */
package org.genesystoken.agent.clients.httpclient;

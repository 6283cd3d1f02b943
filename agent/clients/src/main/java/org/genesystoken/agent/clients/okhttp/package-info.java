/**
 * OkHttp 3.12 to 5: the token is in the request only while a codec writes it, and a refused call is
 * sent again by the library itself, as it would after a redirect or an {@code Authenticator}.
 */
package org.genesystoken.agent.clients.okhttp;

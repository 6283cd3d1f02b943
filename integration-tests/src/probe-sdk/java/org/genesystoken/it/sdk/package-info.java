/** The official Genesys SDK as an app uses it; runs in a forked JVM, on one connector. */
package org.genesystoken.it.sdk;

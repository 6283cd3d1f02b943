/** The part of the app that needs Java 11: java.net.http. */
package org.genesystoken.it.probe11;

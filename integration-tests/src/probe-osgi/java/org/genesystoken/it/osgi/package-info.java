/** An OSGi framework with the probe in a bundle; runs in a forked JVM. */
package org.genesystoken.it.osgi;

/**
 * The packaged jar in real JVMs: fixtures (a JDK, a forked app, a fake Genesys, a proxy) and the
 * scenarios that run across clients and JDKs.
 */
package org.genesystoken.it;

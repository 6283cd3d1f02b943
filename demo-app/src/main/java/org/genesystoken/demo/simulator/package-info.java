/**
 * A small Genesys Cloud on a loopback socket: the token endpoint under both of its names, two API
 * operations, and tokens that live for seconds. It answers as the platform and the tutorials say,
 * errors included, and counts what it sees.
 */
package org.genesystoken.demo.simulator;

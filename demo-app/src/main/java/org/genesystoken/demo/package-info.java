/**
 * The demo: starts a simulator and a legacy program for each side, with and without the agent, and
 * draws what the two programs see on one timeline.
 */
package org.genesystoken.demo;

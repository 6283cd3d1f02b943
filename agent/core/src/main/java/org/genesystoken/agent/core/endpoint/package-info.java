/**
 * The token endpoint: what is asked (grants), how it is asked (an HTTP client of our own), and what
 * its answers mean.
 */
package org.genesystoken.agent.core.endpoint;

/**
 * Time as the token's life needs it, passed in so that tests run on a virtual clock, and the only
 * threads that the agent owns.
 */
package org.genesystoken.agent.core.time;

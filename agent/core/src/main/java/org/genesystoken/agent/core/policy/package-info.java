/**
 * Which request is ours, which answer means expired, what a request carries: the decisions that
 * every HTTP client asks for, in one place, so that all clients behave alike.
 */
package org.genesystoken.agent.core.policy;

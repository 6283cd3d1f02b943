/**
 * What the operator can say, where it is read from, and what is answered when it is wrong. Runs
 * before the app's {@code main}: no regular expression, lambda, logging framework or JSON here.
 */
package org.genesystoken.agent.core.config;

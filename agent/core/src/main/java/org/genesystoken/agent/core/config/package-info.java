/**
 * What the operator can say, where it is read from, and what is answered when it is wrong. Runs
 * before the app's {@code main}, or, where nothing can be wrong, with its first HTTP client and in
 * the middle of loading that class: no regular expression, lambda, logging framework or JSON here,
 * and nothing that needs a class, a loader or a lock of the app.
 */
package org.genesystoken.agent.core.config;

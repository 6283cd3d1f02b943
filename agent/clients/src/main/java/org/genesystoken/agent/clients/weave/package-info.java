/**
 * Puts calls of the bridge into a class's methods, by Byte Buddy's {@code AsmVisitorWrapper} with
 * visitors of our own: the full {@code Advice} machinery costs several times as much at the first
 * HTTP call of a JVM, for code of three instructions. Members are never added, so that a class
 * which is loaded already can be woven too.
 */
package org.genesystoken.agent.clients.weave;

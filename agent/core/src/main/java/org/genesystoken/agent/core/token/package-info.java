/**
 * The life of the token: one snapshot that requests read without asking a clock, one flight that
 * replaces it, and the rules for when to ask again and when to leave the endpoint alone.
 */
package org.genesystoken.agent.core.token;

/** How JSON is read: streaming, and without a trace on the app's threads. */
package org.genesystoken.agent.core.json;

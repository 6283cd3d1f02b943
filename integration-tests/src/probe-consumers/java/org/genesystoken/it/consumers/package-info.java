/** Libraries that call through a client of another: as an app uses them, with nothing set. */
package org.genesystoken.it.consumers;

/** Those libraries of which the versions of today need a newer Java. */
package org.genesystoken.it.consumers17;

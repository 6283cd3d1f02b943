/** The probe's calls through AsyncHttpClient 2.12 and 3. */
package org.genesystoken.it.ahc;

/** Apache HttpClient 5 as an app uses it; runs in a forked JVM with one version of the library. */
package org.genesystoken.it.apache5;

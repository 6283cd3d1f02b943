package org.genesystoken.it.probe;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.net.HttpURLConnection;
import java.net.URL;
import java.security.ProtectionDomain;

/** Somebody else's agent: changes nothing, but is at the HTTP clients before the app is. */
public final class OtherAgent {
  private OtherAgent() {}

  /**
   * Loads the classes named in the argument, separated by {@code +}, or calls the URL that it is.
   */
  public static void premain(String argument, Instrumentation instrumentation) throws Exception {
    instrumentation.addTransformer(
        new ClassFileTransformer() {
          @Override
          public byte[] transform(
              ClassLoader loader,
              String name,
              Class<?> redefined,
              ProtectionDomain domain,
              byte[] classFile) {
            return null;
          }
        },
        true);
    if (argument.startsWith("http")) {
      ((HttpURLConnection) new URL(argument).openConnection()).getResponseCode();
      return;
    }
    for (String name : argument.split("\\+", -1)) {
      Class.forName(name);
    }
  }
}

package org.genesystoken.agent.clients;

import java.lang.instrument.Instrumentation;
import org.genesystoken.agent.core.config.Configuration;
import org.genesystoken.agent.core.config.Loaded;
import org.genesystoken.agent.core.log.LogOutput;

/** Starts the agent: reads its configuration, then waits for the classes of an HTTP client. */
public final class Installer {
  private Installer() {}

  /**
   * Called before the app's {@code main}, by reflection.
   *
   * @param argument the agent's argument, may be null
   */
  public static void install(String argument, Instrumentation instrumentation) throws Exception {
    Loaded loaded = Configuration.load(argument);
    if (loaded.problem() != null || !loaded.warnings().isEmpty()) {
      report(loaded);
    }
    Configuration configuration = loaded.configuration();
    if (configuration == null || !configuration.enabled()) {
      return;
    }
    Transformer transformer = new Transformer(configuration, instrumentation);
    instrumentation.addTransformer(transformer, true);
    // Another agent that came first may have used an HTTP client already.
    for (Class<?> type : instrumentation.getAllLoadedClasses()) {
      if (Clients.weaving(type.getName().replace('.', '/')) != null) {
        instrumentation.retransformClasses(type);
      }
    }
  }

  private static void report(Loaded loaded) {
    LogOutput stderr = LogOutput.standardError();
    for (String warning : loaded.warnings()) {
      stderr.warn(warning);
    }
    if (loaded.problem() != null) {
      stderr.error(loaded.problem());
    }
  }
}

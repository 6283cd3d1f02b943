package org.genesystoken.agent.clients;

import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.net.URLConnection;
import java.util.ArrayList;
import java.util.List;
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
    // Loads what the look at the classes needs, before each load costs a call of the transformer.
    isAnyWoven(Object.class);
    instrumentation.addTransformer(transformer, true);
    try {
      retransform(instrumentation);
      if (configuration.logLevel().equals("debug") || configuration.logLevel().equals("trace")) {
        transformer.selfTest();
      }
    } catch (Throwable failure) {
      // The caller says that the agent stays inactive.
      instrumentation.removeTransformer(transformer);
      throw failure;
    }
  }

  /** Another agent that came first may have used an HTTP client already. All classes, or none. */
  private static void retransform(Instrumentation instrumentation)
      throws UnmodifiableClassException {
    Class<?>[] all = instrumentation.getAllLoadedClasses();
    if (isAnyWoven(all)) {
      List<Class<?>> loaded = new ArrayList<>();
      for (Class<?> type : all) {
        if (isWoven(type)) {
          loaded.add(type);
        }
      }
      instrumentation.retransformClasses(loaded.toArray(new Class<?>[0]));
    }
  }

  /**
   * Spares most of the bootstrap loader's many hundred classes the look at their names, which each
   * would have to make first. What is woven there is a connection, or is loaded by one.
   */
  static boolean isAnyWoven(Class<?>... loaded) {
    Class<?> connection = URLConnection.class;
    ClassLoader self = Installer.class.getClassLoader();
    for (Class<?> type : loaded) {
      ClassLoader loader = type.getClassLoader();
      boolean mayBe = loader == null ? connection.isAssignableFrom(type) : loader != self;
      if (mayBe && isWoven(type)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isWoven(Class<?> type) {
    return Clients.weaving(type.getName().replace('.', '/')) != null;
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

package org.genesystoken.agent.clients;

import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.util.ArrayList;
import java.util.List;
import org.genesystoken.agent.core.config.Configuration;
import org.genesystoken.agent.core.config.Essentials;
import org.genesystoken.agent.core.config.Loaded;
import org.genesystoken.agent.core.log.LogOutput;

/**
 * Starts the agent: looks at its configuration, then waits for the classes of an HTTP client. One
 * that nothing can be wrong with is read when they come.
 */
public final class Installer {
  private Installer() {}

  /**
   * Called before the app's {@code main}, by reflection.
   *
   * @param argument the agent's argument, may be null
   */
  public static void install(String argument, Instrumentation instrumentation) throws Exception {
    Essentials essentials = Essentials.of(argument);
    Configuration configuration = essentials == null ? checked(argument) : null;
    if (essentials == null && configuration == null) {
      return;
    }
    Transformer transformer = new Transformer(essentials, configuration, instrumentation);
    instrumentation.addTransformer(transformer, true);
    try {
      retransform(instrumentation);
      if (configuration != null && configuration.runsSelfTest()) {
        transformer.selfTest();
      }
    } catch (Throwable failure) {
      // The caller says that the agent stays inactive.
      instrumentation.removeTransformer(transformer);
      throw failure;
    }
  }

  /** The configuration, or null: the agent is to do nothing; the operator has been told why. */
  private static Configuration checked(String argument) {
    Loaded loaded = Configuration.load(argument);
    if (loaded.problem() != null || !loaded.warnings().isEmpty()) {
      report(loaded);
    }
    Configuration configuration = loaded.configuration();
    return configuration != null && configuration.enabled() ? configuration : null;
  }

  /** Another agent that came first may have used an HTTP client already. All classes, or none. */
  private static void retransform(Instrumentation instrumentation)
      throws UnmodifiableClassException {
    List<Class<?>> woven = woven(instrumentation.getAllLoadedClasses());
    if (!woven.isEmpty()) {
      instrumentation.retransformClasses(woven.toArray(new Class<?>[0]));
    }
  }

  /**
   * Those that would have been woven. Of the bootstrap loader's many hundred classes no name is
   * looked at, as each would have to be made first, unless one is loaded of the package that
   * matters.
   */
  @SuppressWarnings("deprecation") // since 9, where each loader may have a package of that name
  static List<Class<?>> woven(Class<?>... loaded) {
    boolean bootstrap = Package.getPackage(Clients.BOOTSTRAP) != null;
    ClassLoader self = Installer.class.getClassLoader();
    List<Class<?>> woven = new ArrayList<>();
    for (Class<?> type : loaded) {
      ClassLoader loader = type.getClassLoader();
      if ((loader == null ? bootstrap : loader != self)
          && Clients.weaving(type.getName().replace('.', '/')) != null) {
        woven.add(type);
      }
    }
    return woven;
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

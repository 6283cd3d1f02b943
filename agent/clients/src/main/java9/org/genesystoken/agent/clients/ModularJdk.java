package org.genesystoken.agent.clients;

import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.net.URL;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Java 9 and later: packages are opened by the instrumentation API, to the agent and to no other.
 */
final class ModularJdk extends Jdk {
  ModularJdk() {}

  @Override
  void open(Instrumentation instrumentation, String[] packages) {
    Set<Module> agent = Collections.singleton(ModularJdk.class.getModule());
    Map<Module, Map<String, Set<Module>>> opens = new HashMap<>();
    for (String opened : packages) {
      int slash = opened.indexOf('/');
      Module module = ModuleLayer.boot().findModule(opened.substring(0, slash)).orElse(null);
      String name = opened.substring(slash + 1);
      if (module != null && module.getPackages().contains(name)) {
        opens.computeIfAbsent(module, any -> new HashMap<>()).put(name, agent);
      }
    }
    for (Map.Entry<Module, Map<String, Set<Module>>> entry : opens.entrySet()) {
      instrumentation.redefineModule(
          entry.getKey(),
          Collections.emptySet(),
          Collections.emptyMap(),
          entry.getValue(),
          Collections.emptySet(),
          Collections.emptyMap());
    }
  }

  @Override
  void defineBridge(byte[] classFile) throws IllegalAccessException {
    MethodHandles.privateLookupIn(URL.class, MethodHandles.lookup()).defineClass(classFile);
  }
}

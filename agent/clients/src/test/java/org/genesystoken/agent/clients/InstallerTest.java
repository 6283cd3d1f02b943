package org.genesystoken.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InstallerTest {
  private static final String SETTINGS =
      "hosts=api.example.com,client-id=id,client-secret=secret,token-url=https://login.example.com/t";

  private final List<Object> transformers = new ArrayList<>();

  @Test
  void an_agent_that_cannot_weave_what_is_loaded_leaves_no_transformer_behind() throws Exception {
    // given a JVM in which an HTTP client is loaded, and cannot be changed any more
    Class<?> loaded = Class.forName("sun.net.www.protocol.http.HttpURLConnection");
    Instrumentation instrumentation = jvm(loaded);

    // when, then
    assertThatThrownBy(() -> Installer.install(SETTINGS, instrumentation))
        .isInstanceOf(UnmodifiableClassException.class);
    assertThat(transformers).isEmpty();
  }

  @Test
  void an_agent_that_comes_first_waits_for_the_classes() throws Exception {
    Installer.install(SETTINGS, jvm(String.class));

    assertThat(transformers).hasSize(1);
  }

  @Test
  void no_class_that_is_woven_escapes_the_look_at_what_is_loaded() {
    int ofJdk = 0;
    for (String[] client : Clients.ALL) {
      for (int i = 1; i < client.length; i++) {
        String name = client[i].replace('/', '.');
        try {
          Class<?> woven = Class.forName(name, false, ClassLoader.getPlatformClassLoader());
          // a class in another one is not loaded without it
          Class<?> outer = woven.isMemberClass() ? woven.getDeclaringClass() : woven;
          assertThat(Installer.woven(String.class, outer)).as(name).isNotEmpty();
          assertThat(Clients.weaving(outer.getName().replace('.', '/'))).isSameAs(client);
          ofJdk++;
        } catch (ClassNotFoundException ofLibrary) {
          // Never of the bootstrap loader, so its name is always looked at.
        }
      }
    }
    assertThat(ofJdk).isEqualTo(8);
    assertThat(Installer.woven(String.class, getClass())).isEmpty();
  }

  private Instrumentation jvm(Class<?> loaded) {
    return (Instrumentation)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Instrumentation.class},
            (proxy, method, arguments) -> {
              switch (method.getName()) {
                case "addTransformer":
                  transformers.add(arguments[0]);
                  return null;
                case "removeTransformer":
                  return transformers.remove(arguments[0]);
                case "getAllLoadedClasses":
                  return new Class<?>[] {loaded};
                case "retransformClasses":
                  throw new UnmodifiableClassException();
                default:
                  throw new AssertionError(method);
              }
            });
  }
}

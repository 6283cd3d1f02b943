package org.genesystoken.agent.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Every class costs the app start-up time: what is loaded for a good configuration is counted. */
class StartUpCostTest {
  private static final String PRODUCT = "org.genesystoken.";

  private final Map<String, String> loaded = new LinkedHashMap<>();

  @Test
  @EnabledOnOs(OS.LINUX)
  void theEssentialSettingsTakeThreeClasses() throws Throwable {
    // when
    Object essentials =
        method(Essentials.class, "of", Essentials.class)
            .invoke("region=us-east-1,client-id=id,client-secret=hush");

    // then
    assertThat(essentials).isNotNull();
    assertThat(loaded.keySet()).containsExactlyInAnyOrder("Essentials", "Environment", "Region");
    noneIsExpensive();
  }

  @Test
  void aGoodConfigurationTakesFewClassesAndNoExpensiveOnes() throws Throwable {
    // when
    Object unused =
        method(Configuration.class, "load", Loaded.class)
            .invoke("region=us-east-1,client-id=id,client-secret=hush,wait=5s");

    // then
    assertThat(loaded.keySet())
        .containsExactlyInAnyOrder(
            "Configuration", "Environment", "Sources", "Setting", "Region", "Loaded");
    noneIsExpensive();
  }

  /** A method that takes the agent's argument, in a class loader that counts. */
  private MethodHandle method(Class<?> of, String name, Class<?> result)
      throws ReflectiveOperationException {
    ClassLoader counting =
        new ClassLoader(StartUpCostTest.class.getClassLoader()) {
          @Override
          protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(PRODUCT)) {
              return super.loadClass(name, resolve);
            }
            Class<?> known = findLoadedClass(name);
            return known != null ? known : define(name);
          }

          private Class<?> define(String name) throws ClassNotFoundException {
            byte[] bytes = bytes(name, getParent());
            loaded.put(
                name.substring(name.lastIndexOf('.') + 1),
                new String(bytes, StandardCharsets.ISO_8859_1));
            return defineClass(name, bytes, 0, bytes.length);
          }
        };
    // not by reflection, which loads the types of all public methods
    return MethodHandles.publicLookup()
        .findStatic(
            counting.loadClass(of.getName()),
            name,
            MethodType.methodType(counting.loadClass(result.getName()), String.class));
  }

  private void noneIsExpensive() {
    assertThat(loaded.values())
        .allSatisfy(
            pool ->
                assertThat(pool)
                    .doesNotContain(
                        "java/util/regex",
                        "java/util/stream",
                        "java/util/logging",
                        "java/nio/file",
                        "java/util/ServiceLoader",
                        "BootstrapMethods",
                        "replaceAll",
                        "java/util/Formatter"));
  }

  private static byte[] bytes(String name, ClassLoader from) throws ClassNotFoundException {
    try (InputStream in = from.getResourceAsStream(name.replace('.', '/') + ".class")) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      byte[] buffer = new byte[4096];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        bytes.write(buffer, 0, read);
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}

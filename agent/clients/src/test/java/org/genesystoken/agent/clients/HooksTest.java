package org.genesystoken.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class HooksTest {
  private final List<String> warnings = new ArrayList<>();
  private final Logger log =
      (Logger)
          Proxy.newProxyInstance(
              HooksTest.class.getClassLoader(),
              new Class<?>[] {Logger.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("warn")) {
                  warnings.add(Arrays.deepToString(arguments));
                }
                return null;
              });

  @Test
  void aClientsHooksAreNumberedBehindThoseThatAreThere() throws Exception {
    // given
    int before = BridgeFixture.add(Collections.singletonList((value, context) -> "before"), log);

    // when
    int first =
        BridgeFixture.add(
            Arrays.asList((value, context) -> value + "1", (value, context) -> value + "2"), log);

    // then
    assertThat(first).isEqualTo(before + 1);
    assertThat(call(before, "value")).isEqualTo("before");
    assertThat(call(first, "value")).isEqualTo("value1");
    assertThat(call(first + 1, "value")).isEqualTo("value2");
    assertThat(warnings).isEmpty();
  }

  @Test
  void aHookThatFailsIsToldOfOnceAndTheCallGoesOn() throws Exception {
    // given
    int hook = BridgeFixture.add(Collections.singletonList(new Failing()), log);

    // when
    Object first = call(hook, "value");
    Object second = call(hook, "other");

    // then
    assertThat(first).isEqualTo("value");
    assertThat(second).isEqualTo("other");
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).contains("Failing").contains("a fault of ours");
  }

  @Test
  void anUnknownNumberLeavesTheValueAsItIs() throws Exception {
    assertThat(call(Short.MAX_VALUE, "value")).isEqualTo("value");
    assertThat(call(-1, "value")).isEqualTo("value");
  }

  /** As woven code does; the compiler does not see the bridge, which lies in java.net. */
  private static Object call(int hook, Object value) throws Exception {
    return Class.forName("java.net.GenesysTokenBridge")
        .getMethod("apply", Object.class, Object.class, int.class)
        .invoke(null, value, null, hook);
  }

  private static final class Failing implements BiFunction<Object, Object, Object> {
    @Override
    public Object apply(Object value, Object context) {
      throw new LinkageError("a fault of ours");
    }
  }
}

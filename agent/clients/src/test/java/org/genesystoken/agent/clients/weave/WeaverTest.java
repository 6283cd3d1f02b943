package org.genesystoken.agent.clients.weave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.genesystoken.agent.clients.BridgeFixture;
import org.junit.jupiter.api.Test;

/** Each kind of weave, in a class that is woven, verified by the JVM and run. */
class WeaverTest {
  /** Short for a hook's type; arrays of the generic type itself are unsafe. */
  private interface Hook extends BiFunction<Object, Object, Object> {}

  private static final String WOVEN = "org/genesystoken/agent/clients/weave/Woven";
  private static final String HELPER = "Lorg/genesystoken/agent/clients/weave/Woven$Helper;";

  private final List<Object> contexts = new ArrayList<>();

  @Test
  void atTheEntryAParameterIsReplaced() throws Exception {
    // given
    Object woven =
        woven(
            new MethodWeave("parameter", "(Ljava/lang/String;)Ljava/lang/String;") {
              @Override
              protected void atEntry(Code code) {
                code.local(1).local(0).hook(0).cast("java/lang/String").store(1);
              }
            },
            noting((value, context) -> "another " + value));

    // when
    Object returned = call(woven, "parameter", "value");

    // then
    assertThat(returned).isEqualTo("got another value");
    assertThat(contexts).containsExactly(woven);
  }

  @Test
  void atTheEntryAHookIsGivenAnArrayOfWhatIsThere() throws Exception {
    // given
    Object woven =
        woven(
            new MethodWeave("parameter", "(Ljava/lang/String;)Ljava/lang/String;") {
              @Override
              protected void atEntry(Code code) {
                code.nothing().array(3);
                code.element(0).local(0).put();
                code.element(1).local(1).put();
                code.element(2).field("secret", "Ljava/lang/Object;").put();
                code.hook(0).drop();
              }
            },
            noting((value, context) -> "dropped"));

    // when
    Object returned = call(woven, "parameter", "value");

    // then
    assertThat(returned).isEqualTo("got value");
    assertThat((Object[]) contexts.get(0)).containsExactly(woven, "value", "field");
  }

  @Test
  void atTheEntryAnAnswerEndsTheMethodAndNullLetsItRun() throws Exception {
    // given
    Object woven =
        woven(
            new MethodWeave("returns", "(Ljava/lang/String;)Ljava/lang/Object;") {
              @Override
              protected void atEntry(Code code) {
                code.nothing().local(1).hook(0).endUnlessNull("java/lang/Object");
              }
            },
            noting((value, context) -> context.equals("take over") ? "taken over" : null));

    // when
    Object taken = call(woven, "returns", "take over");
    Object left = call(woven, "returns", "ab");

    // then
    assertThat(taken).isEqualTo("taken over");
    assertThat(left).isEqualTo("late " + ('a' + 'b') * 0.5);
  }

  @Test
  void aMethodIsTakenOverByAnAnswerOrAThrowable() throws Exception {
    // given
    Object woven =
        woven(
            new MethodWeave("wide", "(JDLjava/lang/String;)Ljava/lang/Object;") {
              @Override
              protected void atEntry(Code code) {
                // a long and a double take two slots each
                code.nothing().context(0, 5).hook(0).endUnlessNull("java/lang/Object");
              }
            },
            noting(
                (value, context) -> {
                  Object asked = ((Object[]) context)[2];
                  return asked.equals("fail")
                      ? new IllegalStateException("thrown")
                      : asked.equals("answer") ? "taken over" : null;
                }));

    // when
    Object taken = call(woven, "wide", 1L, 2.0, "answer");
    Object left = call(woven, "wide", 1L, 2.0, "run");

    // then
    assertThat(taken).isEqualTo("taken over");
    assertThat(left).isEqualTo("run 3.0");
    assertThatThrownBy(() -> call(woven, "wide", 1L, 2.0, "fail"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("thrown");
    assertThat((Object[]) contexts.get(0)).containsExactly(woven.getClass(), woven, "answer");
  }

  @Test
  void ofSeveralOptionalMethodsOneHasToBeThere() throws Exception {
    // given
    MethodWeave there = new Optional("parameter", "(Ljava/lang/String;)Ljava/lang/String;");
    MethodWeave missing = new Optional("elsewhere", "()V");

    // when, then
    assertThatCode(
            () ->
                Weaver.weave(
                    ClassWeave.of(WOVEN, there, missing), WovenLoader.classFile(WOVEN), 0, null))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () ->
                Weaver.weave(ClassWeave.of(WOVEN, missing), WovenLoader.classFile(WOVEN), 0, null))
        .isInstanceOf(IncompatibleClassChangeError.class);
  }

  /** A method that some versions of a library lack. */
  private static final class Optional extends MethodWeave {
    Optional(String name, String descriptor) {
      super(name, descriptor);
    }

    @Override
    protected boolean isOptional() {
      return true;
    }
  }

  @Test
  void aStaticMethodIsWovenAtItsEntry() throws Exception {
    // given
    Object woven =
        woven(
            new MethodWeave("loggedTo", "(Ljava/util/List;Ljava/lang/String;)V") {
              @Override
              protected void atEntry(Code code) {
                code.local(1).nothing().hook(0).cast("java/lang/String").store(1);
              }
            },
            noting((value, context) -> "masked"));
    List<String> log = new ArrayList<>();

    // when
    call(woven, "loggedTo", log, "secret");

    // then
    assertThat(log).containsExactly("masked");
  }

  @Test
  void aCallIsPrecededAndFollowed() throws Exception {
    // given
    Object woven =
        woven(
            new MethodWeave("call", "(Ljava/lang/String;)Ljava/lang/Object;") {
              @Override
              protected List<String> calls() {
                return Collections.singletonList(WOVEN + "$Helper.answer");
              }

              @Override
              protected void beforeCall(String call, Code code) {
                code.field("helper", HELPER)
                    .field(WOVEN + "$Helper", "calls", "Ljava/lang/StringBuilder;")
                    .call("java/lang/StringBuilder", "toString", "()Ljava/lang/String;")
                    .nothing()
                    .hook(0)
                    .drop();
              }

              @Override
              protected void afterCall(String call, Code code) {
                code.local(1).hook(1);
              }
            },
            noting((value, context) -> contexts.add("calls before: " + value)),
            noting((value, context) -> value + " and more"));

    // when
    Object returned = call(woven, "call", "why");

    // then
    assertThat(returned).isEqualTo("answer to why and more!");
    assertThat(contexts).containsExactly(null, "calls before: ", "why");
  }

  @Test
  void eachReturnIsPreceded() throws Exception {
    // given
    Object woven =
        woven(
            new MethodWeave("returns", "(Ljava/lang/String;)Ljava/lang/Object;") {
              @Override
              protected void beforeReturn(Code code) {
                code.local(0).hook(0);
              }
            },
            noting((value, context) -> "<" + value + ">"));

    // when
    Object early = call(woven, "returns", "ax");
    Object late = call(woven, "returns", "a");

    // then
    assertThat(early).isEqualTo("<early>");
    assertThat(late).isEqualTo("<late " + 'a' * 0.5 + ">");
    assertThat(contexts).containsExactly(woven, woven);
  }

  @Test
  void anExceptionThatIsNotWantedRunsTheMethodAgain() throws Exception {
    // given
    Object woven = woven(rerunningOnThrow(), noting((value, context) -> null));

    // when
    int[] left = {2};
    Object returned =
        call(
            woven,
            "fails",
            (Supplier<RuntimeException>)
                () -> left[0]-- > 0 ? new IllegalStateException("lost") : null);

    // then
    assertThat(returned).isEqualTo("run 3");
    assertThat(contexts).containsExactly(woven, woven);
  }

  @Test
  void anExceptionThatIsWantedIsTheOneThatWasThrown() throws Exception {
    // given
    Object woven = woven(rerunningOnThrow(), noting((value, context) -> value));
    IllegalStateException thrown = new IllegalStateException("wanted");

    // when, then
    assertThatThrownBy(() -> call(woven, "fails", (Supplier<RuntimeException>) () -> thrown))
        .isSameAs(thrown);
  }

  @Test
  void theMethodsOwnHandlersComeFirstAndOtherExceptionsPass() throws Exception {
    // given
    Object woven = woven(rerunningOnThrow(), noting((value, context) -> null));

    // when
    Object handled =
        call(woven, "fails", (Supplier<RuntimeException>) () -> new IllegalArgumentException());

    // then
    assertThat(handled).isEqualTo("handled in run 1");
    assertThatThrownBy(
            () ->
                call(
                    woven,
                    "fails",
                    (Supplier<RuntimeException>) () -> new UnsupportedOperationException()))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(contexts).isEmpty();
  }

  @Test
  void aHookThatFailsLeavesTheValueAsItWas() throws Exception {
    // given
    Object woven =
        woven(
            new MethodWeave("returns", "(Ljava/lang/String;)Ljava/lang/Object;") {
              @Override
              protected void beforeReturn(Code code) {
                code.local(0).hook(0);
              }
            },
            (value, context) -> {
              throw new AssertionError("a fault of ours");
            });

    // when, then
    assertThat(call(woven, "returns", "x")).isEqualTo("early");
  }

  @Test
  void aClassIsGivenAFieldWhenItIsLoadedAndKeepsItWhenItIsWovenAgain() throws Exception {
    // given
    ClassWeave adding =
        ClassWeave.of(
                WOVEN, new MethodWeave("parameter", "(Ljava/lang/String;)Ljava/lang/String;") {})
            .adding("note");
    Class<?> before = loaded(WovenLoader.classFile(WOVEN));

    // when
    byte[] woven = Weaver.weave(adding, WovenLoader.classFile(WOVEN), 0, null);
    Class<?> first = loaded(woven);
    Class<?> again = loaded(Weaver.weave(adding, WovenLoader.classFile(WOVEN), 0, first));
    // as another agent may give it back
    Class<?> twice = loaded(Weaver.weave(adding, woven, 0, first));
    Class<?> late = loaded(Weaver.weave(adding, WovenLoader.classFile(WOVEN), 0, before));

    // then
    assertThat(first.getDeclaredField("note").getType()).isEqualTo(Object.class);
    assertThat(first.getDeclaredField("note").isSynthetic()).isTrue();
    assertThat(again.getDeclaredField("note").getType()).isEqualTo(Object.class);
    assertThat(twice.getDeclaredFields()).hasSameSizeAs(first.getDeclaredFields());
    assertThat(late.getDeclaredFields()).hasSameSizeAs(before.getDeclaredFields());
  }

  private static Class<?> loaded(byte[] classFile) throws ClassNotFoundException {
    Map<String, byte[]> own = new HashMap<>();
    own.put(WOVEN.replace('/', '.'), classFile);
    return new WovenLoader(own).loadClass(WOVEN.replace('/', '.'));
  }

  @Test
  void aClassWithoutTheMethodIsRefusedByName() {
    // given
    ClassWeave weave =
        ClassWeave.of(
            WOVEN,
            new MethodWeave("parameter", "(Ljava/lang/String;)Ljava/lang/String;") {},
            new MethodWeave("parameter", "(I)V") {},
            new MethodWeave("absent", "()V") {});

    // when, then
    assertThatThrownBy(() -> Weaver.weave(weave, WovenLoader.classFile(WOVEN), 0, null))
        .isInstanceOf(IncompatibleClassChangeError.class)
        .hasMessageContaining(WOVEN)
        .hasMessageContaining("parameter(I)V")
        .hasMessageContaining("absent()V")
        .hasMessageNotContaining("parameter(Ljava");
  }

  @Test
  void ofAMethodsVariantsInOtherVersionsOneHasToBeThere() throws Exception {
    // given
    MethodWeave there = optional("parameter", "(Ljava/lang/String;)Ljava/lang/String;");
    MethodWeave call = new MethodWeave("call", "(Ljava/lang/String;)Ljava/lang/Object;") {};

    // when
    byte[] woven =
        Weaver.weave(
            ClassWeave.of(WOVEN, there, optional("parameter", "()V"), optional("absent", "()V")),
            WovenLoader.classFile(WOVEN),
            0,
            null);

    // then
    assertThat(woven).isNotEmpty();
    ClassWeave without =
        ClassWeave.of(WOVEN, call, optional("parameter", "()V"), optional("parameter", "(I)V"));
    assertThatThrownBy(() -> Weaver.weave(without, WovenLoader.classFile(WOVEN), 0, null))
        .isInstanceOf(IncompatibleClassChangeError.class)
        .hasMessageContaining("parameter");
  }

  private static MethodWeave optional(String name, String descriptor) {
    return new MethodWeave(name, descriptor) {
      @Override
      protected boolean isOptional() {
        return true;
      }
    };
  }

  @Test
  void aClassWithoutTheFieldIsRefusedByName() {
    // given
    ClassWeave weave =
        ClassWeave.of(WOVEN)
            .needing("secret:Ljava/lang/Object;", "runs:J", "absent:Ljava/lang/Object;");

    // when, then
    assertThatThrownBy(() -> Weaver.weave(weave, WovenLoader.classFile(WOVEN), 0, null))
        .isInstanceOf(IncompatibleClassChangeError.class)
        .hasMessageContaining("runs:J")
        .hasMessageContaining("absent:Ljava/lang/Object;")
        .hasMessageNotContaining("secret");
  }

  @Test
  void aMethodWithoutTheCallIsRefusedByName() {
    // given
    ClassWeave weave =
        ClassWeave.of(
            WOVEN,
            new MethodWeave("call", "(Ljava/lang/String;)Ljava/lang/Object;") {
              @Override
              protected List<String> calls() {
                return Collections.singletonList(WOVEN + "$Helper.absent");
              }
            });

    // when, then
    assertThatThrownBy(() -> Weaver.weave(weave, WovenLoader.classFile(WOVEN), 0, null))
        .isInstanceOf(IncompatibleClassChangeError.class)
        .hasMessageContaining("call(Ljava/lang/String;)Ljava/lang/Object;");
  }

  @Test
  void aMissingMemberOfAnotherClassIsRefusedByName() throws Exception {
    // given
    ClassWeave weave =
        ClassWeave.of(WOVEN)
            .using("java/util/Map", "size()I")
            .using("java/lang/Integer", "value:I", "gone:I", "gone()V");

    // when, then
    assertThatThrownBy(() -> Weaver.check(weave, null))
        .isInstanceOf(IncompatibleClassChangeError.class)
        .hasMessageContaining("java/lang/Integer")
        .hasMessageContaining("gone:I")
        .hasMessageContaining("gone()V")
        .hasMessageNotContaining("value");
    Weaver.check(ClassWeave.of(WOVEN).using("java/util/Map", "size()I"), null);
  }

  private static MethodWeave rerunningOnThrow() {
    return new MethodWeave("fails", "(Ljava/util/function/Supplier;)Ljava/lang/Object;") {
      @Override
      protected String rerunsOnThrow() {
        return "java/lang/IllegalStateException";
      }

      @Override
      protected void onThrow(Code code) {
        code.local(0).hook(0);
      }
    };
  }

  private Hook noting(Hook hook) {
    return (value, context) -> {
      contexts.add(context);
      return hook.apply(value, context);
    };
  }

  private static Object woven(MethodWeave weave, Hook... hooks) throws Exception {
    byte[] classFile =
        Weaver.weave(
            ClassWeave.of(WOVEN, weave),
            WovenLoader.classFile(WOVEN),
            BridgeFixture.add(Arrays.<BiFunction<Object, Object, Object>>asList(hooks)),
            null);
    Map<String, byte[]> own = new HashMap<>();
    own.put(WOVEN.replace('/', '.'), classFile);
    own.put(WOVEN.replace('/', '.') + "$Helper", WovenLoader.classFile(WOVEN + "$Helper"));
    return WovenLoader.create(new WovenLoader(own).loadClass(WOVEN.replace('/', '.')));
  }

  private static Object call(Object woven, String method, Object... arguments) throws Exception {
    return WovenLoader.call(woven.getClass(), woven, method, arguments);
  }
}

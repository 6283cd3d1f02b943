package org.genesystoken.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.FieldVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.commons.ClassRemapper;
import net.bytebuddy.jar.asm.commons.SimpleRemapper;
import net.bytebuddy.utility.OpenedClassReader;
import org.genesystoken.agent.clients.apache4.Apache4Client;
import org.genesystoken.agent.clients.apache4.DirectorClient;
import org.genesystoken.agent.clients.apache5.Apache5AsyncClient;
import org.genesystoken.agent.clients.apache5.Apache5Client;
import org.genesystoken.agent.clients.asynchttpclient.AhcClient;
import org.genesystoken.agent.clients.httpclient.JdkHttpClient;
import org.genesystoken.agent.clients.okhttp.OkHttp3Client;
import org.genesystoken.agent.clients.urlconnection.UrlConnectionClient;
import org.genesystoken.agent.clients.weave.ClassWeave;
import org.genesystoken.agent.clients.weave.Client;
import org.genesystoken.agent.clients.weave.LibraryClient;
import org.genesystoken.agent.clients.weave.Weaver;
import org.genesystoken.agent.core.policy.TokenPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the clients weave, in the classes of the JDK that runs the tests, and of libraries. */
class JdkWeavesTest {
  private static final int FIRST_HOOK = 100;

  static Stream<ClassWeave> weaves() {
    return clients().stream()
        .flatMap(client -> client.weaves().stream())
        // the others are in other versions of their library
        .filter(weave -> ClassLoader.getSystemResource(weave.name() + ".class") != null);
  }

  private static List<Client> clients() {
    TokenPolicy policy = new ScriptedPolicy();
    return Arrays.asList(
        new UrlConnectionClient(policy),
        new JdkHttpClient(policy),
        new Apache4Client(policy),
        new DirectorClient(policy),
        new Apache5Client(policy),
        new Apache5AsyncClient(policy),
        new OkHttp3Client(policy),
        new AhcClient(policy));
  }

  @ParameterizedTest
  @MethodSource("weaves")
  void theWovenClassPassesTheJvmsVerifier(ClassWeave weave) throws Exception {
    // given
    byte[] woven = Weaver.weave(weave, classFile(weave.name()), FIRST_HOOK, null);

    // when, then
    assertThatCode(() -> verify(weave.name(), woven)).doesNotThrowAnyException();
  }

  @Test
  void theVerifierThatTheseTestsUseFindsFaults() throws Exception {
    // given
    ClassWeave weave = clients().get(0).weaves().get(0);
    byte[] woven = Weaver.weave(weave, classFile(weave.name()), FIRST_HOOK, null);

    // when: the stack maps lose what the weave put in
    ClassReader reader = OpenedClassReader.of(woven);
    ClassWriter writer = new ClassWriter(0);
    reader.accept(writer, ClassReader.SKIP_FRAMES);

    // then
    assertThatThrownBy(() -> verify(weave.name(), writer.toByteArray()))
        .isInstanceOf(VerifyError.class);
  }

  @ParameterizedTest
  @MethodSource("weaves")
  void aLoadedClassGetsNoMemberAndNoneIsChanged(ClassWeave weave) throws Exception {
    // given
    byte[] original = classFile(weave.name());
    Class<?> loaded =
        Class.forName(weave.name().replace('/', '.'), false, getClass().getClassLoader());

    // when
    byte[] woven = Weaver.weave(weave, original, FIRST_HOOK, loaded);

    // then
    assertThat(members(woven)).isEqualTo(members(original)).isNotEmpty();
  }

  @Test
  void eachHookIsCalledFromWhereItIsMadeFor() throws Exception {
    // given
    Map<String, List<Integer>> calls = new TreeMap<>();

    // when
    for (Client client : clients()) {
      // those of libraries have methods of one name and descriptor
      if (!(client instanceof LibraryClient)) {
        for (ClassWeave weave : client.weaves()) {
          calls.putAll(hookCalls(Weaver.weave(weave, classFile(weave.name()), FIRST_HOOK, null)));
        }
      }
    }

    // then
    assertThat(calls)
        .containsOnlyKeys(
            "bodyPublisher()Ljava/util/Optional;",
            "cancel(Z)Z",
            "expect100Continue()V",
            "getInputStream()Ljava/io/InputStream;",
            "getOutputStream()Ljava/io/OutputStream;",
            "getOutputStream0()Ljava/io/OutputStream;",
            "write(I)V",
            "write([BII)V",
            "getInputStream0()Ljava/io/InputStream;",
            "writeRequests()V",
            "getUserHeaders()Ljava/net/http/HttpHeaders;",
            "logHeaders(Ljava/lang/String;[Ljava/lang/Object;)V",
            "readBodyAsync(Ljava/net/http/HttpResponse$BodyHandler;)"
                + "Ljava/util/concurrent/CompletableFuture;",
            "responseAsync0(Ljava/util/concurrent/CompletableFuture;)"
                + "Ljava/util/concurrent/CompletableFuture;",
            "response(Ljdk/internal/net/http/Response;)Ljdk/internal/net/http/HttpRequestImpl;",
            "request(Ljdk/internal/net/http/HttpRequestImpl;Ljdk/internal/net/http/MultiExchange;)V",
            "send(Ljava/net/http/HttpRequest;Ljava/net/http/HttpResponse$BodyHandler;)"
                + "Ljava/net/http/HttpResponse;",
            "sendAsync(Ljava/net/http/HttpRequest;Ljava/net/http/HttpResponse$BodyHandler;)"
                + "Ljava/util/concurrent/CompletableFuture;",
            "sendAsync(Ljava/net/http/HttpRequest;Ljava/net/http/HttpResponse$BodyHandler;"
                + "Ljava/net/http/HttpResponse$PushPromiseHandler;)"
                + "Ljava/util/concurrent/CompletableFuture;");
    assertThat(calls.get("writeRequests()V")).startsWith(100).endsWith(101).contains(101);
    assertThat(calls.get("getInputStream()Ljava/io/InputStream;")).containsExactly(103);
    assertThat(calls.get("getInputStream0()Ljava/io/InputStream;")).containsOnly(102, 105);
    assertThat(calls.get("getOutputStream0()Ljava/io/OutputStream;")).containsOnly(105);
    assertThat(calls.get("getOutputStream()Ljava/io/OutputStream;")).containsExactly(104);
    assertThat(calls.get("expect100Continue()V")).containsOnly(102);
    assertThat(calls.get("write([BII)V")).containsExactly(106);
  }

  @Test
  void theListNamesTheWovenClasses() {
    // when
    List<List<String>> woven = new ArrayList<>();
    for (Client client : clients()) {
      List<String> line = new ArrayList<>();
      line.add(client.getClass().getName());
      client.weaves().forEach(weave -> line.add(weave.name()));
      woven.add(line);
    }

    // then
    assertThat(woven).hasSameSizeAs(Clients.ALL);
    for (int i = 0; i < woven.size(); i++) {
      assertThat(woven.get(i)).containsExactlyInAnyOrder(Clients.ALL[i]);
    }
    for (String[] line : Clients.ALL) {
      for (int i = 1; i < line.length; i++) {
        assertThat(Clients.weaving(line[i])).as(line[i]).isSameAs(line);
        assertThat(Clients.weaving(line[i] + "X")).isNull();
      }
    }
    assertThat(Clients.weaving("java/lang/String")).isNull();
    assertThat(Clients.weaving(UrlConnectionClient.class.getName().replace('.', '/'))).isNull();
  }

  private static byte[] classFile(String internalName) throws IOException {
    try (InputStream in = ClassLoader.getSystemResourceAsStream(internalName + ".class")) {
      return in.readAllBytes();
    }
  }

  /**
   * Has the JVM verify a JDK class: under another name, as it lies in a closed package, and without
   * interfaces, which may be closed too and mean nothing to the verifier.
   */
  private static void verify(String name, byte[] classFile) throws Exception {
    String alias = "verified/" + name.substring(name.lastIndexOf('/') + 1);
    ClassWriter writer = new ClassWriter(0);
    ClassVisitor renaming =
        new ClassRemapper(
            new ClassVisitor(OpenedClassReader.ASM_API, writer) {
              @Override
              public void visit(
                  int version,
                  int access,
                  String type,
                  String signature,
                  String superName,
                  String[] interfaces) {
                super.visit(version, access, type, null, superName, null);
              }
            },
            new SimpleRemapper(OpenedClassReader.ASM_API, name, alias));
    OpenedClassReader.of(classFile).accept(renaming, 0);
    byte[] renamed = writer.toByteArray();
    ClassLoader loader =
        new ClassLoader(JdkWeavesTest.class.getClassLoader()) {
          @Override
          protected Class<?> findClass(String wanted) throws ClassNotFoundException {
            if (!wanted.equals(alias.replace('/', '.'))) {
              throw new ClassNotFoundException(wanted);
            }
            return defineClass(wanted, renamed, 0, renamed.length);
          }
        };
    // Reflection links a class, and with that verifies it, but does not initialise it.
    assertThat(loader.loadClass(alias.replace('/', '.')).getDeclaredMethods()).isNotEmpty();
  }

  private static List<String> members(byte[] classFile) {
    List<String> members = new ArrayList<>();
    OpenedClassReader.of(classFile)
        .accept(
            new ClassVisitor(OpenedClassReader.ASM_API) {
              @Override
              public FieldVisitor visitField(
                  int access, String name, String descriptor, String signature, Object value) {
                members.add(access + " " + name + ":" + descriptor);
                return null;
              }

              @Override
              public MethodVisitor visitMethod(
                  int access,
                  String name,
                  String descriptor,
                  String signature,
                  String[] exceptions) {
                members.add(access + " " + name + descriptor);
                return null;
              }
            },
            ClassReader.SKIP_CODE);
    return members;
  }

  /** For each method that calls the bridge: the numbers of the hooks, in order. */
  private static Map<String, List<Integer>> hookCalls(byte[] classFile) {
    Map<String, List<Integer>> calls = new TreeMap<>();
    OpenedClassReader.of(classFile)
        .accept(
            new ClassVisitor(OpenedClassReader.ASM_API) {
              @Override
              public MethodVisitor visitMethod(
                  int access,
                  String name,
                  String descriptor,
                  String signature,
                  String[] exceptions) {
                return new MethodVisitor(OpenedClassReader.ASM_API) {
                  private int pushed;

                  @Override
                  public void visitIntInsn(int opcode, int operand) {
                    pushed = operand;
                  }

                  @Override
                  public void visitMethodInsn(
                      int opcode,
                      String owner,
                      String method,
                      String methodDescriptor,
                      boolean isInterface) {
                    if (owner.equals("java/net/GenesysTokenBridge")) {
                      calls
                          .computeIfAbsent(name + descriptor, any -> new ArrayList<>())
                          .add(pushed);
                    }
                  }
                };
              }
            },
            0);
    return calls;
  }
}

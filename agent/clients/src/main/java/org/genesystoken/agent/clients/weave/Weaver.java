package org.genesystoken.agent.clients.weave;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.description.annotation.AnnotationDescription;
import net.bytebuddy.description.field.FieldDescription;
import net.bytebuddy.description.field.FieldList;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.method.MethodList;
import net.bytebuddy.description.method.ParameterDescription;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.description.type.TypeVariableToken;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.FieldVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.matcher.ElementMatcher;
import net.bytebuddy.pool.TypePool;
import net.bytebuddy.utility.OpenedClassReader;

/**
 * Weaves one class from the bytes that the JVM hands to the transformer.
 *
 * <p>Types and methods are described to Byte Buddy by name only. Descriptions of loaded classes
 * would bring in its reflection dispatcher, and a type pool would read class files that nothing
 * here needs.
 */
public final class Weaver {
  private Weaver() {}

  /**
   * Checks, by their class files, that other classes have the members that woven code uses of them:
   * the JVM would find out only when an app makes a call. Not where the loader gives no class files
   * away.
   *
   * @param loader the woven class's loader, null: the bootstrap loader
   * @throws IncompatibleClassChangeError if one is missing
   */
  public static void check(ClassWeave weave, ClassLoader loader) throws IOException {
    for (Map.Entry<String, List<String>> reference : weave.references().entrySet()) {
      Members members = new Members(null);
      try (InputStream in = classFile(reference.getKey(), loader)) {
        if (in != null) {
          new ClassReader(in)
              .accept(
                  members,
                  ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        } else if (!hasClassFiles(weave, loader)) {
          return;
        }
      }
      Set<String> missing = new HashSet<>(reference.getValue());
      missing.removeAll(members.found);
      if (!missing.isEmpty()) {
        throw new IncompatibleClassChangeError(reference.getKey() + " lacks " + missing);
      }
    }
  }

  /** Some loaders give no class file away: then the JVM has to find out. */
  private static boolean hasClassFiles(ClassWeave weave, ClassLoader loader) throws IOException {
    try (InputStream in = classFile(weave.name(), loader)) {
      return in != null;
    }
  }

  /** Null: there is none, or it is not given away. */
  private static InputStream classFile(String className, ClassLoader loader) {
    String file = className + ".class";
    return loader == null
        ? ClassLoader.getSystemResourceAsStream(file)
        : loader.getResourceAsStream(file);
  }

  /**
   * Weaves a class.
   *
   * @param firstHook the number of the client's first hook in the bridge
   * @param loaded the class if it is loaded already: the JVM then bears no new members
   * @return the woven class file
   * @throws IncompatibleClassChangeError if the class lacks a member that the weave needs: this JDK
   *     or library differs from those that we know, and the class is best left alone
   */
  public static byte[] weave(ClassWeave weave, byte[] classFile, int firstHook, Class<?> loaded) {
    ClassReader reader = OpenedClassReader.of(classFile);
    TypeDescription type =
        new TypeDescription.Latent(weave.name().replace('/', '.'), 0, null, noGenerics());
    List<MethodDescription> methods = new ArrayList<>();
    List<Binding> bindings = new ArrayList<>();
    for (MethodWeave methodWeave : weave.methods()) {
      Described described = new Described(type, methodWeave);
      Binding binding = new Binding(described, weave.name(), firstHook);
      methods.add(described);
      bindings.add(binding);
    }
    AsmVisitorWrapper wrapper = new LatentMethods(bindings);
    ClassWriter writer = new ClassWriter(reader, wrapper.mergeWriter(0));
    Members members =
        new Members(
            wrapper.wrap(
                type,
                writer,
                null,
                null,
                new FieldList.Empty<FieldDescription.InDefinedShape>(),
                new MethodList.Explicit<>(methods),
                0,
                0));
    reader.accept(members, wrapper.mergeReader(0));
    // Another agent may give back what it has seen of ours.
    if (weave.added() != null
        && !members.found.contains(weave.added() + ":Ljava/lang/Object;")
        && (loaded == null || declares(loaded, weave.added()))) {
      writer
          .visitField(
              Opcodes.ACC_PRIVATE
                  | Opcodes.ACC_SYNTHETIC
                  | Opcodes.ACC_TRANSIENT
                  | Opcodes.ACC_VOLATILE,
              weave.added(),
              "Ljava/lang/Object;",
              null,
              null)
          .visitEnd();
    }
    Set<String> missing = new HashSet<>(weave.fields());
    missing.removeAll(members.found);
    Set<String> found = new HashSet<>();
    Set<String> named = new HashSet<>();
    Set<String> variants = new HashSet<>();
    for (Binding binding : bindings) {
      String name = binding.described.weave.name();
      if (binding.found()) {
        found.add(name);
      } else if (!binding.mayBeMissing()) {
        missing.add(name + binding.described.weave.descriptor());
      }
      if (!named.add(name)) {
        variants.add(name);
      }
    }
    // One method, of which versions differ in the parameters.
    variants.removeAll(found);
    missing.addAll(variants);
    if (!missing.isEmpty() || found.isEmpty()) {
      throw new IncompatibleClassChangeError(
          weave.name() + " lacks " + (missing.isEmpty() ? "every woven method" : missing));
    }
    return writer.toByteArray();
  }

  /** Whether a class was given a field of ours when it was loaded. */
  private static boolean declares(Class<?> loaded, String field) {
    try {
      return loaded.getDeclaredField(field) != null;
    } catch (NoSuchFieldException none) {
      return false;
    }
  }

  private static List<TypeDescription.Generic> noGenerics() {
    return Collections.emptyList();
  }

  /**
   * Byte Buddy's dispatch to the methods that are described to it. Its own {@code wrap} describes
   * the class initializer besides, by loaded types, for which the reflection dispatcher comes in:
   * five proxies and a hundred classes, more than all the rest of a weave.
   */
  private static final class LatentMethods extends AsmVisitorWrapper.ForDeclaredMethods {
    LatentMethods(List<Binding> bindings) {
      super(entries(bindings), 0, ClassReader.EXPAND_FRAMES);
    }

    private static List<Entry> entries(List<Binding> bindings) {
      List<Entry> entries = new ArrayList<>();
      for (Binding binding : bindings) {
        entries.add(new Entry(binding, Collections.singletonList(binding)) {});
      }
      return entries;
    }

    @Override
    public ClassVisitor wrap(
        TypeDescription type,
        ClassVisitor next,
        Implementation.Context context,
        TypePool pool,
        FieldList<FieldDescription.InDefinedShape> fields,
        MethodList<?> methods,
        int writerFlags,
        int readerFlags) {
      Map<String, MethodDescription> described = new HashMap<>();
      for (MethodDescription method : methods) {
        described.put(method.getInternalName() + method.getDescriptor(), method);
      }
      return new DispatchingVisitor(
          next, type, context, pool, described, writerFlags, readerFlags) {};
    }
  }

  /** A method by its name and descriptor, all that Byte Buddy's dispatch asks for. */
  private static final class Described extends MethodDescription.Latent {
    private final MethodWeave weave;

    Described(TypeDescription type, MethodWeave weave) {
      super(
          type,
          weave.name(),
          0,
          Collections.<TypeVariableToken>emptyList(),
          null,
          Collections.<ParameterDescription.Token>emptyList(),
          noGenerics(),
          Collections.<AnnotationDescription>emptyList(),
          null,
          null);
      this.weave = weave;
    }

    @Override
    public String getDescriptor() {
      return weave.descriptor();
    }
  }

  /** Ties a method of the class to what is put into it, and remembers whether it was there. */
  private static final class Binding
      implements ElementMatcher<MethodDescription>,
          AsmVisitorWrapper.ForDeclaredMethods.MethodVisitorWrapper {
    private final Described described;
    private final String owner;
    private final int firstHook;
    private MethodWeave.Visitor visitor;

    Binding(Described described, String owner, int firstHook) {
      this.described = described;
      this.owner = owner;
      this.firstHook = firstHook;
    }

    @Override
    public boolean matches(MethodDescription target) {
      return target == described;
    }

    @Override
    public MethodVisitor wrap(
        TypeDescription type,
        MethodDescription method,
        MethodVisitor next,
        Implementation.Context context,
        TypePool pool,
        int writerFlags,
        int readerFlags) {
      visitor = described.weave.visitor(next, owner, firstHook);
      return visitor;
    }

    boolean found() {
      return visitor != null && visitor.found();
    }

    /** Not if the method is there, and is another than the one that the weave is made for. */
    boolean mayBeMissing() {
      return visitor == null && described.weave.isOptional();
    }
  }

  /** Notes which fields and methods a class declares. */
  private static final class Members extends ClassVisitor {
    private final Set<String> found = new HashSet<>();

    /**
     * @param next null: nothing is written
     */
    Members(ClassVisitor next) {
      super(OpenedClassReader.ASM_API, next);
    }

    @Override
    public FieldVisitor visitField(
        int access, String name, String descriptor, String signature, Object value) {
      found.add(name + ":" + descriptor);
      return super.visitField(access, name, descriptor, signature, value);
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String descriptor, String signature, String[] exceptions) {
      found.add(name + descriptor);
      return super.visitMethod(access, name, descriptor, signature, exceptions);
    }
  }
}

package org.genesystoken.agent.clients.weave;

import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;

/** Writes the few instructions that weaves are made of. Not thread-safe, one per method. */
public final class Code {
  /** The most that one weave has on the stack above what the method itself has there. */
  static final int EXTRA_STACK = 8;

  private static final String BRIDGE = "java/net/GenesysTokenBridge";
  private static final String APPLY = "(Ljava/lang/Object;Ljava/lang/Object;I)Ljava/lang/Object;";

  private final MethodVisitor out;
  private final String owner;
  private final int firstHook;
  private final Object[] entryLocals;

  /**
   * @param firstHook the number of the client's first hook in the bridge
   */
  Code(MethodVisitor out, String owner, String descriptor, int firstHook) {
    this.out = out;
    this.owner = owner;
    this.firstHook = firstHook;
    this.entryLocals = entryLocals(owner, descriptor);
  }

  /** The locals of an instance method's first instruction: this and the parameters. */
  private static Object[] entryLocals(String owner, String descriptor) {
    Type[] parameters = Type.getArgumentTypes(descriptor);
    Object[] locals = new Object[parameters.length + 1];
    locals[0] = owner;
    for (int i = 0; i < parameters.length; i++) {
      locals[i + 1] = frameType(parameters[i]);
    }
    return locals;
  }

  private static Object frameType(Type type) {
    switch (type.getSort()) {
      case Type.LONG:
        return Opcodes.LONG;
      case Type.DOUBLE:
        return Opcodes.DOUBLE;
      case Type.FLOAT:
        return Opcodes.FLOAT;
      case Type.OBJECT:
      case Type.ARRAY:
        return type.getInternalName();
      default:
        return Opcodes.INTEGER;
    }
  }

  public Code nothing() {
    out.visitInsn(Opcodes.ACONST_NULL);
    return this;
  }

  /** Pushes {@code this} (0) or a parameter (from 1). */
  public Code local(int index) {
    out.visitVarInsn(Opcodes.ALOAD, index);
    return this;
  }

  /** Pushes an {@code int} parameter as an object. */
  public Code number(int index) {
    out.visitVarInsn(Opcodes.ILOAD, index);
    out.visitMethodInsn(
        Opcodes.INVOKESTATIC, "java/lang/Integer", "valueOf", "(I)Ljava/lang/Integer;", false);
    return this;
  }

  /** Pops a value into a parameter. */
  public Code store(int index) {
    out.visitVarInsn(Opcodes.ASTORE, index);
    return this;
  }

  /** Replaces the object on the stack by one of its fields. */
  public Code field(String type, String name, String descriptor) {
    out.visitFieldInsn(Opcodes.GETFIELD, type, name, descriptor);
    return this;
  }

  /** Pushes a field of {@code this}. */
  public Code field(String name, String descriptor) {
    return local(0).field(owner, name, descriptor);
  }

  /** Replaces the object on the stack by the answer of one of its methods without parameters. */
  public Code call(String type, String name, String descriptor) {
    out.visitMethodInsn(Opcodes.INVOKEVIRTUAL, type, name, descriptor, false);
    return this;
  }

  /**
   * Pushes what each hook of a {@link LibraryClient} needs: an {@code Object[]} of the woven class
   * and some objects among {@code this} (0) and the parameters.
   */
  public Code context(int... locals) {
    array(locals.length + 1);
    element(0);
    out.visitLdcInsn(Type.getObjectType(owner));
    put();
    for (int i = 0; i < locals.length; i++) {
      element(i + 1).local(locals[i]).put();
    }
    return this;
  }

  /** Replaces the object on the stack by the answer, as an object, of one of its int methods. */
  public Code integer(String type, String name) {
    call(type, name, "()I");
    out.visitMethodInsn(
        Opcodes.INVOKESTATIC, "java/lang/Integer", "valueOf", "(I)Ljava/lang/Integer;", false);
    return this;
  }

  /** Pushes a new {@code Object[]}; {@link #element} fills it. */
  public Code array(int length) {
    out.visitIntInsn(Opcodes.BIPUSH, length);
    out.visitTypeInsn(Opcodes.ANEWARRAY, "java/lang/Object");
    return this;
  }

  /** Between this and {@link #put} the value of an element is pushed. */
  public Code element(int index) {
    out.visitInsn(Opcodes.DUP);
    out.visitIntInsn(Opcodes.BIPUSH, index);
    return this;
  }

  public Code put() {
    out.visitInsn(Opcodes.AASTORE);
    return this;
  }

  public Code cast(String type) {
    out.visitTypeInsn(Opcodes.CHECKCAST, type);
    return this;
  }

  /** Swaps the two objects on top of the stack. */
  public Code swap() {
    out.visitInsn(Opcodes.SWAP);
    return this;
  }

  public Code drop() {
    out.visitInsn(Opcodes.POP);
    return this;
  }

  /** Value and context are on the stack; the hook's answer takes their place. */
  public Code hook(int number) {
    out.visitIntInsn(Opcodes.SIPUSH, firstHook + number);
    out.visitMethodInsn(Opcodes.INVOKESTATIC, BRIDGE, "apply", APPLY, false);
    return this;
  }

  /**
   * Ends the method with the object on the stack, unless that is null: returns it, or throws it if
   * it can be thrown. At the method's entry only.
   *
   * @param type what the method returns; null: nothing, any object then just ends it
   */
  public void endUnlessNull(String type) {
    Label goOn = new Label();
    Label answer = new Label();
    out.visitInsn(Opcodes.DUP);
    out.visitJumpInsn(Opcodes.IFNULL, goOn);
    out.visitInsn(Opcodes.DUP);
    out.visitTypeInsn(Opcodes.INSTANCEOF, "java/lang/Throwable");
    out.visitJumpInsn(Opcodes.IFEQ, answer);
    cast("java/lang/Throwable");
    out.visitInsn(Opcodes.ATHROW);
    out.visitLabel(answer);
    frame("java/lang/Object");
    if (type == null) {
      drop();
      out.visitInsn(Opcodes.RETURN);
    } else {
      cast(type);
      out.visitInsn(Opcodes.ARETURN);
    }
    out.visitLabel(goOn);
    frame("java/lang/Object");
    drop();
  }

  /** Throws the exception on the stack, or, if it is null, goes back to {@code start}. */
  void throwOrRerun(String type, Label start) {
    Label rerun = new Label();
    out.visitInsn(Opcodes.DUP);
    out.visitJumpInsn(Opcodes.IFNULL, rerun);
    cast(type);
    out.visitInsn(Opcodes.ATHROW);
    out.visitLabel(rerun);
    frame("java/lang/Object");
    drop();
    out.visitJumpInsn(Opcodes.GOTO, start);
  }

  /** A stack map frame with the method's own parameters and at most one object on the stack. */
  void frame(String stack) {
    Object[] onStack = stack == null ? new Object[0] : new Object[] {stack};
    out.visitFrame(Opcodes.F_NEW, entryLocals.length, entryLocals, onStack.length, onStack);
    // Two frames must not fall on one instruction; the method's own may follow at once.
    out.visitInsn(Opcodes.NOP);
  }
}

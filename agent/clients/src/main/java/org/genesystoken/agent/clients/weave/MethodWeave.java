package org.genesystoken.agent.clients.weave;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.utility.OpenedClassReader;

/**
 * One method to weave; a subclass overrides the places where it puts something. What is put there
 * leaves the stack as it was, but for the value that the place is about.
 */
public abstract class MethodWeave {
  private final String name;
  private final String descriptor;

  protected MethodWeave(String name, String descriptor) {
    this.name = name;
    this.descriptor = descriptor;
  }

  final String name() {
    return name;
  }

  final String descriptor() {
    return descriptor;
  }

  /**
   * Whether the method is one that only some releases have. One of a class's woven methods has to
   * be there, and one of those that go by one name.
   */
  protected boolean isOptional() {
    return false;
  }

  /** Before the method's first instruction. */
  protected void atEntry(Code code) {}

  /**
   * The calls in the method that {@link #beforeCall} and {@link #afterCall} are about, as {@code
   * owner.name}. A method in which one of them is missing is not the one that the weave is made
   * for.
   */
  protected List<String> calls() {
    return Collections.emptyList();
  }

  /** Just before one of {@link #calls}, whose operands are on the stack already. */
  protected void beforeCall(String call, Code code) {}

  /** Just after one of {@link #calls}, whose answer is on the stack already. */
  protected void afterCall(String call, Code code) {}

  /** Before each {@code return}, whose value, if the method has one, is on the stack. */
  protected void beforeReturn(Code code) {}

  /**
   * What a thrown exception, which is on the stack, becomes; null in its place runs the method's
   * own code once more, with the parameters as they are then. Only where {@link #rerunsOnThrow}
   * says so.
   */
  protected void onThrow(Code code) {}

  /** The type of exception to catch, or null: none. */
  protected String rerunsOnThrow() {
    return null;
  }

  final Visitor visitor(MethodVisitor next, String owner, int firstHook) {
    return new Visitor(next, new Code(next, owner, descriptor, firstHook));
  }

  /** Writes the method anew with what the weave puts into it. */
  final class Visitor extends MethodVisitor {
    private final Code code;
    private final Label start = new Label();
    private final Set<String> missing = new HashSet<>(calls());

    Visitor(MethodVisitor next, Code code) {
      super(OpenedClassReader.ASM_API, next);
      this.code = code;
    }

    /** Whether the method was the one that the weave is made for. */
    boolean found() {
      return missing.isEmpty();
    }

    @Override
    public void visitCode() {
      super.visitCode();
      atEntry(code);
      if (rerunsOnThrow() != null) {
        mv.visitLabel(start);
        code.frame(null);
      }
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String method, String descriptor, boolean isInterface) {
      String call = owner + '.' + method;
      boolean known = calls().contains(call);
      if (known) {
        missing.remove(call);
        beforeCall(call, code);
      }
      super.visitMethodInsn(opcode, owner, method, descriptor, isInterface);
      if (known) {
        afterCall(call, code);
      }
    }

    @Override
    public void visitInsn(int opcode) {
      if (opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN) {
        beforeReturn(code);
      }
      super.visitInsn(opcode);
    }

    @Override
    public void visitMaxs(int maxStack, int maxLocals) {
      String caught = rerunsOnThrow();
      if (caught != null) {
        Label handler = new Label();
        // Last, so that the method's own handlers come first.
        mv.visitTryCatchBlock(start, handler, handler, caught);
        mv.visitLabel(handler);
        code.frame(caught);
        onThrow(code);
        code.throwOrRerun(caught, start);
      }
      super.visitMaxs(maxStack + Code.EXTRA_STACK, maxLocals);
    }
  }
}

package java.net;

import java.util.function.BiFunction;

/**
 * What woven JDK code calls. It lies in a package of {@code java.base}, because code there, in
 * every module and under every class loader can see no other class of ours; it uses nothing but JDK
 * types, because nothing else is visible to it in turn. Thread-safe.
 */
public final class GenesysTokenBridge {
  /**
   * The hooks, by number. Public, because the isolated class loader that sets it lives in another
   * module; a woven class only ever carries a number that was filled before the class was woven.
   */
  @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of generic types
  public static volatile BiFunction<Object, Object, Object>[] hooks = new BiFunction[0];

  private GenesysTokenBridge() {}

  /**
   * What a hook makes of a value.
   *
   * @param value the value that the woven code is about to use, may be null
   * @param context what else the hook needs, may be null
   * @param hook the hook's number
   * @return the hook's answer, or {@code value} itself if the hook fails: the app then goes on as
   *     it would without the agent. Never throws.
   */
  public static Object apply(Object value, Object context, int hook) {
    try {
      return hooks[hook].apply(value, context);
    } catch (Throwable failure) {
      return value;
    }
  }
}

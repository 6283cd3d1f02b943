package org.genesystoken.agent.clients.weave;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Map;

/** Defines woven classes, so that the JVM verifies and runs them. */
final class WovenLoader extends ClassLoader {
  private final Map<String, byte[]> own;

  /**
   * @param own class files by class name; all other classes are the parent's
   */
  WovenLoader(Map<String, byte[]> own) {
    super(WovenLoader.class.getClassLoader());
    this.own = own;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      byte[] bytes = own.get(name);
      if (bytes == null) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : defineClass(name, bytes, 0, bytes.length);
    }
  }

  /** The class file of a class, as it is without a weave. */
  static byte[] classFile(String internalName) {
    try (InputStream in = ClassLoader.getSystemResourceAsStream(internalName + ".class")) {
      return in.readAllBytes();
    } catch (IOException unreadable) {
      throw new AssertionError(internalName, unreadable);
    }
  }

  static Object create(Class<?> type) throws ReflectiveOperationException {
    Constructor<?> constructor = type.getDeclaredConstructor();
    constructor.setAccessible(true);
    return constructor.newInstance();
  }

  /** Calls the only method of a name; what it throws is thrown as it is. */
  static Object call(Class<?> type, Object target, String name, Object... arguments)
      throws Exception {
    for (Method method : type.getDeclaredMethods()) {
      if (method.getName().equals(name)) {
        method.setAccessible(true);
        try {
          return method.invoke(target, arguments);
        } catch (InvocationTargetException failure) {
          if (failure.getCause() instanceof RuntimeException) {
            throw (RuntimeException) failure.getCause();
          }
          throw failure;
        }
      }
    }
    throw new NoSuchMethodException(name);
  }
}

package org.genesystoken.agent.clients.okhttp;

import java.lang.reflect.Method;
import okhttp3.MultipartBody;
import okhttp3.RequestBody;

/**
 * What is known of a request body. Bodies say themselves whether they can be sent again since 3.14;
 * before, the library took each for repeatable but those of one type of its own. Immutable.
 */
final class Bodies {
  private static final String LIBRARY = "okhttp3.";

  private final Method isOneShot = method("isOneShot");
  private final Method isDuplex = method("isDuplex");
  private final Class<?> unrepeatable = unrepeatable();

  private static Method method(String name) {
    try {
      return RequestBody.class.getMethod(name);
    } catch (NoSuchMethodException older) {
      return null;
    }
  }

  private static Class<?> unrepeatable() {
    try {
      return Class.forName(
          "okhttp3.internal.http.UnrepeatableRequestBody",
          false,
          RequestBody.class.getClassLoader());
    } catch (ClassNotFoundException newer) {
      return null;
    }
  }

  /** Whether the app goes on writing while it reads the answer. */
  boolean isDuplex(RequestBody body) {
    return says(isDuplex, body);
  }

  /**
   * Whether it can be sent again.
   *
   * @param body null: there is none
   */
  boolean isRepeatable(RequestBody body) {
    if (body == null) {
      return true;
    }
    return isOneShot == null
        ? isRepeatableBefore314(body)
        : !says(isOneShot, body) && !isDuplex(body);
  }

  /** One of the app's may be a stream, and then send nothing the second time. */
  private boolean isRepeatableBefore314(RequestBody body) {
    if (body instanceof MultipartBody) {
      for (MultipartBody.Part part : ((MultipartBody) body).parts()) {
        if (!isRepeatableBefore314(part.body())) {
          return false;
        }
      }
      return true;
    }
    return body.getClass().getName().startsWith(LIBRARY)
        && (unrepeatable == null || !unrepeatable.isInstance(body));
  }

  private static boolean says(Method method, RequestBody body) {
    try {
      return method != null && (boolean) method.invoke(body);
    } catch (ReflectiveOperationException ofApp) {
      return true;
    }
  }
}

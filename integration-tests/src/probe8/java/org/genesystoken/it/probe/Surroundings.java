package org.genesystoken.it.probe;

import java.lang.reflect.Field;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.ResponseCache;
import java.net.URL;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;

/** The JVM-wide state that an agent could disturb. */
final class Surroundings {
  private Surroundings() {}

  static void describe(Outcome outcome) {
    for (Object name : new TreeMap<>(System.getProperties()).keySet()) {
      outcome.add("property " + name, System.getProperty((String) name));
    }
    outcome.look("authenticator", () -> field(Authenticator.class, "theAuthenticator"));
    outcome.look("proxy selector", () -> name(ProxySelector.getDefault()));
    outcome.look("cookie handler", () -> name(CookieHandler.getDefault()));
    outcome.look("response cache", () -> name(ResponseCache.getDefault()));
    outcome.look("url stream handlers", () -> field(URL.class, "factory"));
    outcome.look("ssl context", () -> field(SSLContext.class, "defaultContext"));
    outcome.look("ssl sockets", () -> field(HttpsURLConnection.class, "defaultSSLSocketFactory"));
    outcome.look("security manager", Surroundings::securityManager);
    outcome.look("uncaught", () -> name(Thread.getDefaultUncaughtExceptionHandler()));
    outcome.look("context loader", () -> name(Thread.currentThread().getContextClassLoader()));
    outcome.look("out", () -> name(System.out) + ", " + name(System.err) + ", " + name(System.in));
    outcome.look("logging", RecordingLogManager::initialized);
    for (String thread : userThreads().keySet()) {
      outcome.add("non-daemon thread", thread);
    }
  }

  static void lookUp(Call call, Outcome outcome) {
    for (String name : call.all("class")) {
      outcome.look("class " + name, () -> Class.forName(name).getName());
      outcome.look(
          "class by context " + name,
          () -> Thread.currentThread().getContextClassLoader().loadClass(name).getName());
    }
    for (String name : call.all("resource")) {
      outcome.add("resource " + name, ClassLoader.getSystemResource(name) != null);
    }
  }

  private static SortedMap<String, Thread> userThreads() {
    SortedMap<String, Thread> found = new TreeMap<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (!thread.isDaemon()) {
        found.put(thread.getName(), thread);
      }
    }
    return found;
  }

  @SuppressWarnings({"deprecation", "removal"}) // gone one day; on 8 to 17 apps still set one
  private static Object securityManager() {
    return name(System.getSecurityManager());
  }

  /** A private static field: its getters would create what we ask about. */
  private static Object field(Class<?> owner, String name) throws Exception {
    try {
      Field field = owner.getDeclaredField(name);
      field.setAccessible(true);
      return name(field.get(null));
    } catch (NoSuchFieldException e) {
      return "no such field";
    }
  }

  private static String name(Object object) {
    return object == null ? "none" : object.getClass().getName();
  }
}

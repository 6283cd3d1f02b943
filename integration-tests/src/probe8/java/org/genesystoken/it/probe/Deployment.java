package org.genesystoken.it.probe;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Class loaders of apps, one for each, as a server deploys them. Thread-safe. */
final class Deployment {
  private static final Map<String, ClassLoader> LASTING = new ConcurrentHashMap<>();

  private Deployment() {}

  /**
   * That of the one app with this class path, which stays until the JVM ends.
   *
   * @param classPath folders and jars; empty: the app that the JVM was started with
   */
  static ClassLoader loader(String classPath) {
    return classPath.isEmpty()
        ? Deployment.class.getClassLoader()
        : LASTING.computeIfAbsent(classPath, Deployment::newLoader);
  }

  /** That of another app with this class path. */
  static URLClassLoader newLoader(String classPath) {
    return new URLClassLoader(urls(classPath), Deployment.class.getClassLoader());
  }

  /** The client of this name, made by the app's class of that name. */
  static HttpCaller caller(String client, String type, ClassLoader app)
      throws ReflectiveOperationException {
    return (HttpCaller)
        Class.forName(type, true, app).getMethod("of", String.class).invoke(null, client);
  }

  private static URL[] urls(String classPath) {
    List<URL> urls = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      File file = new File(entry.replace("*", ""));
      File[] jars = entry.endsWith("*") ? file.listFiles() : new File[] {file};
      for (File jar : jars == null ? new File[0] : jars) {
        try {
          urls.add(jar.toURI().toURL());
        } catch (MalformedURLException e) {
          throw new IllegalArgumentException(classPath, e);
        }
      }
    }
    return urls.toArray(new URL[0]);
  }
}

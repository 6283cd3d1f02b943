package org.genesystoken.it.probe;

import java.io.Closeable;
import java.lang.ref.WeakReference;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Apps with a library of their own, as a server deploys them: side by side, and again and again.
 */
final class Redeploy {
  private static final int PATIENCE = 50;

  private Redeploy() {}

  /**
   * Deploys an app for each {@code app=} (folders and jars, as in a class path), makes a call with
   * each, undeploys all of them, and does so {@code times=} times.
   */
  static void run(Call call, Outcome outcome) throws Exception {
    List<WeakReference<ClassLoader>> undeployed = new ArrayList<>();
    Map<String, Integer> statuses = new LinkedHashMap<>();
    for (int i = 0; i < call.getInt("times", 1); i++) {
      round(call, undeployed, statuses);
    }
    statuses.forEach((status, count) -> outcome.add("calls answered " + status, count));
    for (int i = 0; i < PATIENCE && left(undeployed) > 0; i++) {
      System.gc();
    }
    outcome.add("undeployed", undeployed.size());
    outcome.add("still there", left(undeployed));
  }

  private static void round(
      Call call, List<WeakReference<ClassLoader>> undeployed, Map<String, Integer> statuses)
      throws Exception {
    List<URLClassLoader> deployed = new ArrayList<>();
    List<HttpCaller> callers = new ArrayList<>();
    for (String app : call.all("app")) {
      URLClassLoader loader = Deployment.newLoader(app);
      deployed.add(loader);
      callers.add(Deployment.caller("redeployed", call.get("caller", null), loader));
    }
    for (HttpCaller caller : callers) {
      statuses.merge(caller.status(call), 1, Integer::sum);
    }
    for (HttpCaller caller : callers) {
      if (caller instanceof Closeable) {
        ((Closeable) caller).close();
      }
    }
    for (URLClassLoader loader : deployed) {
      loader.close();
      undeployed.add(new WeakReference<>(loader));
    }
  }

  private static int left(List<WeakReference<ClassLoader>> undeployed) {
    int left = 0;
    for (WeakReference<ClassLoader> loader : undeployed) {
      left += loader.get() == null ? 0 : 1;
    }
    return left;
  }
}

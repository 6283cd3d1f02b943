package org.genesystoken.it.osgi;

import java.io.File;
import java.util.HashMap;
import java.util.Map;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;

/** Starts a framework that passes nothing but {@code java.*} on to the JVM's own loaders. */
public final class Framework {
  private Framework() {}

  /**
   * Runs the probe until its input ends.
   *
   * @param args a folder for the framework's own files, then the bundles; the last has the probe
   */
  public static void main(String[] args) throws Exception {
    Map<String, String> settings = new HashMap<>();
    settings.put(Constants.FRAMEWORK_STORAGE, args[0]);
    settings.put(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
    settings.put(Constants.FRAMEWORK_BOOTDELEGATION, "");
    org.osgi.framework.launch.Framework framework = new FrameworkFactory().newFramework(settings);
    framework.start();
    Bundle app = null;
    for (int i = 1; i < args.length; i++) {
      app = framework.getBundleContext().installBundle(new File(args[i]).toURI().toString());
    }
    for (Bundle bundle : framework.getBundleContext().getBundles()) {
      bundle.start();
    }
    app.loadClass("org.genesystoken.it.probe.Probe")
        .getMethod("main", String[].class)
        .invoke(null, (Object) new String[0]);
    framework.stop();
    framework.waitForStop(0);
  }
}

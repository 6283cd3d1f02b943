package org.genesystoken.it.probe;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.TreeSet;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** What JMX tells anybody who may ask: every attribute, and the JVM's own diagnostics. */
final class Management {
  /** Those of DiagnosticCommand that tell something and dump no heap. */
  private static final TreeSet<String> TOLD =
      new TreeSet<>(
          Arrays.asList(
              "threadPrint",
              "vmCommandLine",
              "vmSystemProperties",
              "vmFlags",
              "vmInfo",
              "gcClassHistogram"));

  private Management() {}

  static void describe(Outcome outcome) throws Exception {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    for (ObjectName name : new TreeSet<>(server.queryNames(null, null))) {
      for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
        try {
          outcome.add(
              name + " " + attribute.getName(),
              text(server.getAttribute(name, attribute.getName())));
        } catch (Exception e) {
          // one that this JVM does not support
          outcome.add(name + " " + attribute.getName(), Outcome.describe(e));
        }
      }
      for (MBeanOperationInfo operation : server.getMBeanInfo(name).getOperations()) {
        if (TOLD.contains(operation.getName())) {
          boolean bare = operation.getSignature().length == 0;
          outcome.look(
              name + " " + operation.getName(),
              () ->
                  server.invoke(
                      name,
                      operation.getName(),
                      bare ? null : new Object[] {new String[0]},
                      bare ? null : new String[] {String[].class.getName()}));
        }
      }
    }
  }

  private static String text(Object value) {
    // of an array of any type
    String text = Arrays.deepToString(new Object[] {value});
    return text.substring(1, text.length() - 1);
  }
}

package org.genesystoken.demo;

import java.io.File;

/** The legacy programs, by name: the demo itself has neither their Java nor their libraries. */
enum Program {
  URL_CONNECTION("ConversationReport", null),

  /** Compiled for Java 11, the demo for 8. */
  HTTP_CLIENT("HttpClientConversationReport", null),

  /** Genesys' own SDK, by way of Apache HttpClient. */
  SDK("SdkConversationReport", "sdk");

  final String mainClass;
  private final String libraries;

  Program(String simpleName, String libraries) {
    mainClass = "com.example.legacy." + simpleName;
    this.libraries = libraries;
  }

  /**
   * @param classes the demo's jar or folder of classes, in the build's output
   */
  String classPath(File classes) {
    return libraries == null
        ? classes.getPath()
        : classes.getPath()
            + File.pathSeparator
            + new File(classes.getParentFile(), "lib-" + libraries)
            + File.separator
            + "*";
  }
}

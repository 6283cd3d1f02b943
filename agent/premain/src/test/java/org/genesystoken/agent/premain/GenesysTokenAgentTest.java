package org.genesystoken.agent.premain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenesysTokenAgentTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sun.tools.jps.Jps",
        "sun.tools.jps.Jps -l",
        "sun.tools.jar.Main cf a.jar .",
        "sun.security.tools.keytool.Main -list -v",
        "sun.security.tools.JarSigner",
        "sun.jvmstat.monitor.Agent",
        "sun.rmi.registry.RegistryImpl 1099",
        "com.sun.tools.javac.Main A.java",
        "com.sun.tools.javac.launcher.Main A.java",
        "jdk.jcmd/sun.tools.jcmd.JCmd 42 help",
        "jdk.compiler/com.sun.tools.javac.Main -version",
        "java.base/sun.security.tools.keytool.Main -list",
        "jdk.jshell/jdk.internal.jshell.tool.JShellToolProvider",
        "jdk.jlink/jdk.tools.jlink.internal.Main",
        "jdk.tools.jlink.internal.Main"
      })
  void theJdksToolsAreNoAppsOfAnybodys(String command) {
    assertThat(GenesysTokenAgent.isJdkTool(command)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "com.example.Main",
        "com.example.Main sun.tools.jps.Jps",
        "com.example.Main jdk.jcmd/sun.tools.jcmd.JCmd",
        "app.jar",
        "/opt/app/lib/app.jar --port 8080",
        "/opt/jdk.tools/app.jar",
        "C:\\apps\\app.jar",
        "com.example.app/com.example.Main",
        "com.sun.toolsmith.Main",
        "org.apache.catalina.startup.Bootstrap start",
        "sun.example.Main"
      })
  void anythingElseIsAnApp(String command) {
    assertThat(GenesysTokenAgent.isJdkTool(command)).isFalse();
  }

  @Test
  void anUnknownCommandIsAnApp() {
    assertThat(GenesysTokenAgent.isJdkTool(null)).isFalse();
  }
}

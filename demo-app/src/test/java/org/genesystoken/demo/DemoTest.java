package org.genesystoken.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class DemoTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final StringWriter err = new StringWriter();

  @Test
  void a_missing_agent_jar_is_one_line_that_names_it_and_the_remedy() {
    int exitCode = run(Collections.emptyMap(), "--agent", "no/such/agent.jar");

    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString().trim().split("\\R")).hasSize(1);
    assertThat(err.toString()).contains("agent.jar", "--agent", "mvn");
  }

  @Test
  void the_real_platform_needs_credentials() {
    Map<String, String> idOnly = new HashMap<>();
    idOnly.put("GENESYS_CLIENT_ID", "id");

    assertThat(run(Collections.emptyMap(), "--real", "--region", "eu-west-1")).isEqualTo(2);
    assertThat(err.toString()).contains("GENESYS_CLIENT_ID");
    assertThat(run(idOnly, "--real", "--region", "eu-west-1")).isEqualTo(2);
    assertThat(err.toString()).contains("GENESYS_CLIENT_SECRET");
  }

  @ParameterizedTest
  @CsvSource({
    "--real, needs --region",
    "--real --region mars-north-1, Unknown region 'mars-north-1'",
    "--seconds 5, must be from 6 to 3600",
    "--seconds ten, --seconds",
    "--nonsense, --nonsense",
  })
  void a_mistake_is_one_line_that_names_it(String args, String expected) {
    int exitCode = run(Collections.emptyMap(), args.split(" ", -1));

    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString().trim().split("\\R")).hasSize(1);
    assertThat(err.toString()).contains(expected);
    assertThat(out.size()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "us-east-1, mypurecloud.com",
    "EU-WEST-1, mypurecloud.ie",
    "mypurecloud.de, mypurecloud.de",
    "euw2.pure.cloud, euw2.pure.cloud",
    "mars-north-1,",
  })
  void a_region_is_known_by_its_aws_name_and_by_its_domain(String region, String domain) {
    assertThat(Regions.domainOf(region)).isEqualTo(domain);
  }

  private int run(Map<String, String> environment, String... args) {
    err.getBuffer().setLength(0);
    Demo demo = new Demo(environment, new PrintStream(out), new Ink(true, false, false));
    CommandLine commandLine = Demo.commandLine(demo);
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(args);
  }
}

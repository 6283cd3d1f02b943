package org.genesystoken.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.genesystoken.demo.SimulatedPlatform.TokenSource;
import org.genesystoken.demo.simulator.SimulatorSettings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LegacyProgramTest {
  private static final String GET = "GET /api/v2/users/me ";
  private static final String POST = "POST /api/v2/analytics/conversations/details/query ";

  @ParameterizedTest
  @EnumSource
  void without_the_agent_a_dead_token_fails_every_call_that_follows(Program program)
      throws Exception {
    // given a clock that only moves when the server looks at it
    AtomicLong seconds = new AtomicLong();
    SimulatorSettings settings =
        SimulatorSettings.tokensLive(Duration.ofSeconds(2))
            .withClock(() -> TimeUnit.SECONDS.toNanos(seconds.getAndIncrement()));
    File classes = new File(Demo.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<String> lines = new CopyOnWriteArrayList<>();
    CountDownLatch ended = new CountDownLatch(1);

    // when
    try (SimulatedPlatform platform =
        SimulatedPlatform.start(settings, TokenSource.CLIENT_CREDENTIALS)) {
      ChildProgram child =
          ChildProgram.start(program, classes, 2, platform, null, lines::add, ended::countDown);
      boolean inTime = ended.await(30, TimeUnit.SECONDS);
      child.end();

      // then
      assertThat(inTime).isTrue();
      assertThat(lines).startsWith(GET + 200, POST + 200, GET + 401, POST + 401);
      assertThat(platform.counts().answered()).isEqualTo(2);
      assertThat(platform.counts().refused()).isEqualTo(lines.size() - 2);
      assertThat(platform.counts().tokenRequests()).isZero();
      assertThat(platform.counts().distinctTokens()).isEqualTo(1);
    }
  }
}

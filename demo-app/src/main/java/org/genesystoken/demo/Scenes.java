package org.genesystoken.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.genesystoken.demo.SimulatedPlatform.TokenSource;
import org.genesystoken.demo.simulator.ErrorStyle;
import org.genesystoken.demo.simulator.SimulatorSettings;

/** The programme. */
final class Scenes {
  private Scenes() {}

  /**
   * @param javaNetHttp whether this JVM has {@code java.net.http} (11 and later)
   */
  static List<Scene> simulated(boolean javaNetHttp) {
    SimulatorSettings surprise = SimulatorSettings.tokensLive(Duration.ofSeconds(3));
    SimulatorSettings tutorial = surprise.withErrors(ErrorStyle.TUTORIAL);
    SimulatorSettings honest =
        SimulatorSettings.tokensLive(Duration.ofSeconds(5)).withHonestExpiry();
    List<Scene> scenes = new ArrayList<>();
    scenes.add(
        new Scene(
            "HttpURLConnection: the token dies early",
            "The platform says a token lasts 24 h, and drops it after about 3 s.",
            Program.URL_CONNECTION,
            () -> SimulatedPlatform.start(surprise, TokenSource.CLIENT_CREDENTIALS)));
    if (javaNetHttp) {
      scenes.add(
          new Scene(
              "java.net.http: the tutorials' world",
              "Error code 401000, refresh tokens that are good for one use. About 3 s again.",
              Program.HTTP_CLIENT,
              () -> SimulatedPlatform.start(tutorial, TokenSource.REFRESH_TOKEN)));
    }
    scenes.add(
        new Scene(
            "Genesys' own SDK: an honest platform",
            "It says that a token lasts 5 s, and keeps its word. The SDK uses Apache HttpClient.",
            Program.SDK,
            () -> SimulatedPlatform.start(honest, TokenSource.LOGIN_URL)));
    return scenes;
  }

  static List<Scene> real(RealPlatform platform, boolean javaNetHttp) {
    List<Scene> scenes = new ArrayList<>();
    String story = "The program holds a stale token for " + platform.baseUrl() + ".";
    scenes.add(
        new Scene(
            "HttpURLConnection on the real platform",
            story,
            Program.URL_CONNECTION,
            () -> platform));
    if (javaNetHttp) {
      scenes.add(
          new Scene(
              "java.net.http on the real platform", story, Program.HTTP_CLIENT, () -> platform));
    }
    scenes.add(
        new Scene("Genesys' own SDK on the real platform", story, Program.SDK, () -> platform));
    return scenes;
  }
}

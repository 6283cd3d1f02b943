package org.genesystoken.demo;

import java.io.IOException;

/** One act: a legacy program, and what it talks to. Immutable. */
final class Scene {
  /** Makes a platform for one side; each side has its own. */
  interface PlatformStarter {
    Platform start() throws IOException;
  }

  final String title;
  final String story;
  final Program program;
  final PlatformStarter platform;

  Scene(String title, String story, Program program, PlatformStarter platform) {
    this.title = title;
    this.story = story;
    this.program = program;
    this.platform = platform;
  }
}

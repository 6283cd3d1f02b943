package org.genesystoken.it.probe11;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.genesystoken.it.probe.Call;

/** Every way in which an app hands over a body; {@code once}: it can be read one time only. */
final class Publishers {
  private Publishers() {}

  static BodyPublisher of(Call call) throws IOException {
    if (!call.hasBody()) {
      return BodyPublishers.noBody();
    }
    if (call.isLarge()) {
      return "file".equals(call.get("publisher", null))
          ? file(call)
          : BodyPublishers.ofInputStream(call::bodyStream);
    }
    byte[] body = call.body();
    BodyPublisher once = once(body);
    switch (call.get("publisher", "bytes")) {
      case "stream-once":
        return once;
      case "flow-once":
        return BodyPublishers.fromPublisher(once);
      case "flow-once-sized":
        return BodyPublishers.fromPublisher(once, body.length);
      case "arrays-once":
        Iterator<byte[]> halves =
            List.of(
                    Arrays.copyOf(body, body.length / 2),
                    Arrays.copyOfRange(body, body.length / 2, body.length))
                .iterator();
        return BodyPublishers.ofByteArrays(() -> halves);
      case "stream":
        return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
      case "file":
        return file(call);
      default:
        return BodyPublishers.ofByteArray(body);
    }
  }

  private static BodyPublisher file(Call call) throws IOException {
    Path file = Files.createTempFile("probe", ".body");
    file.toFile().deleteOnExit();
    Files.copy(call.bodyStream(), file, StandardCopyOption.REPLACE_EXISTING);
    return BodyPublishers.ofFile(file);
  }

  private static BodyPublisher once(byte[] body) {
    InputStream same = new ByteArrayInputStream(body);
    return BodyPublishers.ofInputStream(() -> same);
  }
}

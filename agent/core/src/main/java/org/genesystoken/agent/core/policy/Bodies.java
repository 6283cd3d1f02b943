package org.genesystoken.agent.core.policy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.genesystoken.agent.core.json.Json;

/** Reads the JSON of an answer, however it is encoded and wherever it is cut off. */
final class Bodies {
  private Bodies() {}

  /** Hands over the scalar members that are readable; none if it is no JSON object. */
  static void visit(ApiAnswer answer, Json.Visitor visitor) {
    byte[] plain = answer.head();
    int length = answer.length();
    if (length == 0) {
      return;
    }
    try {
      if (isGzip(answer.contentEncoding())) {
        plain = new byte[TokenPolicy.BODY_LIMIT];
        length = inflate(answer.head(), length, plain);
      }
      Json.visit(plain, length, visitor);
    } catch (IOException | RuntimeException e) {
      // Cut off, or no JSON at all: what was readable before has been seen.
    }
  }

  private static boolean isGzip(String contentEncoding) {
    if (contentEncoding == null) {
      return false;
    }
    String encoding = contentEncoding.trim();
    return encoding.equalsIgnoreCase("gzip") || encoding.equalsIgnoreCase("x-gzip");
  }

  private static int inflate(byte[] body, int length, byte[] plain) throws IOException {
    int total = 0;
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body, 0, length))) {
      while (total < plain.length) {
        int read = in.read(plain, total, plain.length - total);
        if (read < 0) {
          break;
        }
        total += read;
      }
    } catch (IOException e) {
      if (total == 0) {
        throw e;
      }
      // cut off: what came out so far counts
    }
    return total;
  }
}

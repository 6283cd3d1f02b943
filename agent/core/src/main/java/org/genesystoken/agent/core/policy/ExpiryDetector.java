package org.genesystoken.agent.core.policy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.genesystoken.agent.core.json.Json;

/**
 * Tells an expired token from every other refusal. Genesys says it with a code in the body, RFC
 * 6750 §3.1 with {@code WWW-Authenticate: Bearer error="invalid_token"}. Immutable.
 */
final class ExpiryDetector {
  private static final int UNAUTHORIZED = 401;

  private final Set<String> expiredCodes;

  ExpiryDetector(Set<String> expiredCodes) {
    this.expiredCodes = new HashSet<>(expiredCodes);
  }

  /** See {@link TokenPolicy#meansExpired}. */
  boolean meansExpired(
      int status, List<String> wwwAuthenticate, String contentEncoding, byte[] body, int length) {
    if (status != UNAUTHORIZED) {
      return false;
    }
    if (wwwAuthenticate != null) {
      for (String value : wwwAuthenticate) {
        if (value != null && Challenges.sayInvalidToken(value)) {
          return true;
        }
      }
    }
    return body != null && length > 0 && hasExpiredCode(contentEncoding, body, length);
  }

  private boolean hasExpiredCode(String contentEncoding, byte[] body, int length) {
    boolean[] found = new boolean[1];
    try {
      byte[] plain = body;
      int plainLength = length;
      if (isGzip(contentEncoding)) {
        plain = new byte[TokenPolicy.BODY_LIMIT];
        plainLength = inflate(body, length, plain);
      }
      Json.visit(
          plain,
          plainLength,
          (name, value) -> {
            found[0] =
                (name.equals("code") || name.equals("errorCode")) && expiredCodes.contains(value);
            return !found[0];
          });
    } catch (IOException | RuntimeException e) {
      // Cut off, or no JSON at all: what was readable before has been seen.
    }
    return found[0];
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

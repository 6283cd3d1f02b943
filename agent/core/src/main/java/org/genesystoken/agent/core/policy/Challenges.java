package org.genesystoken.agent.core.policy;

/**
 * Reads the challenges of one {@code WWW-Authenticate} value (RFC 9110 §11.6.1): several may stand
 * in it, parted by the same comma that parts their parameters.
 */
final class Challenges {
  private final String value;
  private int at;

  private Challenges(String value) {
    this.value = value;
  }

  /** Whether a challenge of scheme Bearer has {@code error="invalid_token"} (RFC 6750 §3.1). */
  static boolean sayInvalidToken(String value) {
    return new Challenges(value).bearerSaysInvalidToken();
  }

  private boolean bearerSaysInvalidToken() {
    boolean bearer = false;
    while (at < value.length()) {
      String token = token();
      if (token.isEmpty()) {
        // a separator, or part of a token68: neither means anything here
        at++;
        continue;
      }
      skipBlanks();
      if (at < value.length() && value.charAt(at) == '=') {
        at++;
        skipBlanks();
        String parameter = at < value.length() && value.charAt(at) == '"' ? quoted() : token();
        if (bearer
            && token.equalsIgnoreCase("error")
            && parameter.equalsIgnoreCase("invalid_token")) {
          return true;
        }
      } else {
        bearer = token.equalsIgnoreCase("Bearer");
      }
    }
    return false;
  }

  private String token() {
    int start = at;
    while (at < value.length() && isTokenChar(value.charAt(at))) {
      at++;
    }
    return value.substring(start, at);
  }

  private String quoted() {
    StringBuilder text = new StringBuilder();
    at++;
    while (at < value.length() && value.charAt(at) != '"') {
      if (value.charAt(at) == '\\' && at + 1 < value.length()) {
        at++;
      }
      text.append(value.charAt(at++));
    }
    at++;
    return text.toString();
  }

  private void skipBlanks() {
    while (at < value.length() && (value.charAt(at) == ' ' || value.charAt(at) == '\t')) {
      at++;
    }
  }

  // RFC 9110 §5.6.2
  private static boolean isTokenChar(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }
}

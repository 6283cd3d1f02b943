package org.genesystoken.demo;

/** What became of one call of the legacy program, from the harmless to the grave. */
enum Mark {
  /** 2xx. */
  GOOD('●', 'o'),
  /** 2xx for the program, although the server said 401 on the way. */
  ABSORBED('♻', '@'),
  /** 2xx, and the token was exchanged before it could be refused. */
  RENEWED('↻', '+'),
  /** 401. */
  REFUSED('✗', 'X'),
  /** Another 3xx or 4xx: the caller is known, this call is declined. Not a matter of tokens. */
  DECLINED('○', '-'),
  /** 5xx, or no answer. */
  BROKEN('!', '!');

  final char symbol;
  final char asciiSymbol;

  Mark(char symbol, char asciiSymbol) {
    this.symbol = symbol;
    this.asciiSymbol = asciiSymbol;
  }

  boolean isFailure() {
    return this == REFUSED || this == BROKEN;
  }

  /**
   * @param status as the program saw it; 0: no answer
   * @param refusals how many 401s the server sent since the program's last call
   * @param newTokens how many tokens replaced another since the program's last call
   */
  static Mark of(int status, int refusals, int newTokens) {
    if (status == 401) {
      return REFUSED;
    }
    if (status < 200 || status >= 500) {
      return BROKEN;
    }
    if (status >= 300) {
      return DECLINED;
    }
    if (refusals > 0) {
      return ABSORBED;
    }
    return newTokens > 0 ? RENEWED : GOOD;
  }
}

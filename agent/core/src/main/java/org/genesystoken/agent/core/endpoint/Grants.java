package org.genesystoken.agent.core.endpoint;

import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import org.genesystoken.agent.core.config.Configuration.ClientAuth;
import org.genesystoken.agent.core.config.Configuration.Grant;
import org.genesystoken.agent.core.config.Secret;
import org.genesystoken.agent.core.time.Clock;
import org.genesystoken.agent.core.time.RetryAfter;

/**
 * Asks for tokens with the client credentials (RFC 6749 §4.4) or a refresh token (§6), and says
 * what a failure means.
 */
final class Grants implements TokenEndpoint {
  private static final long MIN_RETRY_AFTER_MILLIS = 1_000;
  private static final long MAX_RETRY_AFTER_MILLIS = 900_000;
  private static final int MAX_REFRESH_TOKENS = 3;

  private final TokenCall call;
  private final Grant grant;
  private final String clientId;
  private final SecretSource clientSecret;
  private final ClientAuth clientAuth;
  private final RefreshTokenStore refreshTokens;

  /** What is still true when there is no other refresh token to present; null: none was refused. */
  private volatile TokenRequestException refreshTokenRefused;

  private final long timeoutMillis;
  private final Clock clock;

  /**
   * @param clientId null if there is none
   * @param clientSecret may have none
   * @param refreshTokens may be null for client credentials
   * @param timeoutMillis for one {@link #request}, all calls together
   */
  Grants(
      TokenCall call,
      Grant grant,
      String clientId,
      SecretSource clientSecret,
      ClientAuth clientAuth,
      RefreshTokenStore refreshTokens,
      long timeoutMillis,
      Clock clock) {
    this.call = call;
    this.grant = grant;
    this.clientId = clientId;
    this.clientSecret = clientSecret;
    this.clientAuth = clientAuth;
    this.refreshTokens = refreshTokens;
    this.timeoutMillis = timeoutMillis;
    this.clock = clock;
  }

  @Override
  public TokenResponse request() throws TokenRequestException {
    long deadline = clock.nanoTime() + timeoutMillis * 1_000_000;
    if (grant == Grant.CLIENT_CREDENTIALS) {
      return clientCredentials(deadline);
    }
    TokenRequestException refusal = null;
    TokenRequestException failure = null;
    Secret failed = null;
    // The one in the file, the own one, and one that another process has stored meanwhile.
    for (int attempt = 0; attempt < MAX_REFRESH_TOKENS; attempt++) {
      Secret token = refreshTokens.current();
      if (token == null || token.equals(failed)) {
        break;
      }
      try {
        return refresh(token, deadline);
      } catch (TokenRequestException e) {
        if (e.isInvalidGrant()) {
          refusal = e;
          refreshTokens.refused(token);
        } else if (e.isTokenInDoubt() && refreshTokens.failed(token)) {
          failure = e;
          failed = token;
        } else {
          throw e;
        }
      }
    }
    if (failure != null) {
      // one that may still be good
      throw failure;
    }
    if (clientId != null && clientSecret.current() != null) {
      return clientCredentials(deadline);
    }
    if (refusal != null) {
      refreshTokenRefused = refusal;
    }
    if (refreshTokenRefused != null) {
      throw refreshTokenRefused;
    }
    throw TokenRequestException.permanent(refreshTokens.whatIsMissing(), "");
  }

  private TokenResponse clientCredentials(long deadline) throws TokenRequestException {
    return post("grant_type=client_credentials", deadline).toResponse();
  }

  private TokenResponse refresh(Secret token, long deadline) throws TokenRequestException {
    TokenResponse.Members granted =
        post("grant_type=refresh_token&refresh_token=" + encode(token.value()), deadline);
    Secret next = granted.refreshToken();
    if (next != null) {
      // before all else: where the rest is of no use, the old refresh token is spent all the same
      refreshTokens.rotated(token, next);
    }
    TokenResponse response = granted.toResponse();
    if (next == null) {
      refreshTokens.accepted(token);
    }
    return response;
  }

  @Override
  public boolean hasNewSecret() {
    return clientSecret.isReplaced()
        || (grant == Grant.REFRESH_TOKEN && refreshTokens.isReplaced());
  }

  private TokenResponse.Members post(String fields, long deadline) throws TokenRequestException {
    Secret secret = clientSecret.current();
    try {
      return postWith(secret, fields, deadline);
    } catch (TokenRequestException e) {
      Secret other = e.isClientInDoubt() ? clientSecret.insteadOf(secret) : null;
      if (other == null) {
        throw e;
      }
      // the secret has been replaced meanwhile, or half of a new one has been read
      try {
        return postWith(other, fields, deadline);
      } catch (TokenRequestException again) {
        if (again.isClientInDoubt()) {
          // both are refused: the file's goes first again
          clientSecret.insteadOf(other);
        }
        throw again;
      }
    }
  }

  private TokenResponse.Members postWith(Secret secret, String fields, long deadline)
      throws TokenRequestException {
    try {
      TokenResponse.Members granted = post(fields, secret, deadline);
      clientSecret.accepted(secret);
      return granted;
    } catch (TokenRequestException e) {
      if (e.isPermanent() && !e.isClientInDoubt()) {
        clientSecret.accepted(secret);
      }
      throw e;
    }
  }

  private TokenResponse.Members post(String fields, Secret secret, long deadline)
      throws TokenRequestException {
    String form = fields;
    String authorization = null;
    if (clientId != null && secret != null && clientAuth == ClientAuth.BASIC) {
      // RFC 6749 §2.3.1: both are form-encoded first
      String pair = encode(clientId) + ':' + encode(secret.value());
      authorization =
          "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII));
    } else if (clientId != null) {
      form += "&client_id=" + encode(clientId);
      if (secret != null) {
        form += "&client_secret=" + encode(secret.value());
      }
    }
    long leftMillis = (deadline - clock.nanoTime()) / 1_000_000;
    if (leftMillis <= 0) {
      throw TokenRequestException.temporary(
          "no complete answer in time; check token-url, proxy and firewall, or raise read-timeout");
    }
    try {
      return read(call.post(authorization, form, leftMillis));
    } catch (IOException e) {
      throw TokenRequestException.temporary(e.getMessage());
    }
  }

  /** What was granted, whether it can be used or not. */
  private TokenResponse.Members read(HttpAnswer answer) throws TokenRequestException {
    TokenResponse.Members members = TokenResponse.Members.of(answer.body());
    if (answer.status() == 200 && members.error.isEmpty()) {
      return members;
    }
    long retryAfterMillis = retryAfterMillis(answer);
    TokenRequestException failure = failure(answer.status(), members, retryAfterMillis);
    throw retryAfterMillis == -1 && isTokenInDoubt(answer.status(), members)
        ? failure.withTokenInDoubt()
        : failure;
  }

  /**
   * Whether it may be the refresh token that the endpoint does not like. It has to say
   * invalid_grant (RFC 6749 §5.2), but half a token may be malformed to one and break another.
   */
  private static boolean isTokenInDoubt(int status, TokenResponse.Members members) {
    return status != 408
        // of a gateway, or overloaded: another call would not help it
        && (status < 502 || status > 504)
        && !isRateLimit(status, members)
        && !members.error.equals("invalid_client")
        && !members.error.equals("unauthorized_client");
  }

  private static boolean isRateLimit(int status, TokenResponse.Members members) {
    return status == 429
        || members.description.toLowerCase(Locale.ROOT).startsWith("rate limit exceeded");
  }

  private static TokenRequestException failure(
      int status, TokenResponse.Members members, long retryAfterMillis) {
    String what = "it answered " + status;
    String error = isErrorCode(members.error) ? members.error : "";
    if (!error.isEmpty()) {
      what += " " + error;
    }
    if (isRateLimit(status, members)) {
      return TokenRequestException.temporary(what + " (rate limit exceeded)", retryAfterMillis);
    }
    switch (error) {
      case "invalid_client":
        return TokenRequestException.permanent(
            what + "; check client-id, client-secret and client-auth", error);
      case "unauthorized_client":
        return TokenRequestException.permanent(
            what + "; allow this grant for the OAuth client", error);
      case "invalid_scope":
        return TokenRequestException.permanent(
            what + "; check the roles and scopes of the OAuth client", error);
      case "invalid_grant":
        return TokenRequestException.permanent(
            what + "; the refresh token is no longer good, set a new one", error);
      default:
        break;
    }
    if (status == 400 || status == 401 || status == 403) {
      return TokenRequestException.permanent(
          what + "; check token-url, grant, client-id and client-secret", error);
    }
    if (status >= 300 && status < 400) {
      return TokenRequestException.temporary(
          what + ", a redirect, which is not followed; check token-url", retryAfterMillis);
    }
    if (status >= 400 && status < 500 && status != 408) {
      return TokenRequestException.temporary(what + "; check token-url", retryAfterMillis);
    }
    return TokenRequestException.temporary(what, retryAfterMillis);
  }

  // RFC 6749 §5.2 codes look like this; anything else is not put into a log.
  private static boolean isErrorCode(String error) {
    if (error.length() > 40) {
      return false;
    }
    for (int i = 0; i < error.length(); i++) {
      char c = error.charAt(i);
      if ((c < 'a' || c > 'z') && c != '_') {
        return false;
      }
    }
    return true;
  }

  /** Kept within bounds; -1: the endpoint has no wish. */
  private long retryAfterMillis(HttpAnswer answer) {
    long millis = RetryAfter.millis(answer.retryAfter(), answer.date(), clock);
    return millis < 0
        ? -1
        : Math.max(MIN_RETRY_AFTER_MILLIS, Math.min(MAX_RETRY_AFTER_MILLIS, millis));
  }

  private static String encode(String text) {
    try {
      return URLEncoder.encode(text, "UTF-8");
    } catch (UnsupportedEncodingException e) {
      throw new AssertionError(e);
    }
  }
}

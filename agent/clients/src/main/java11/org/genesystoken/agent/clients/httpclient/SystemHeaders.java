package org.genesystoken.agent.clients.httpclient;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * The headers that the JDK adds to a hop on its own account: they go on the wire, but no object
 * that the app sees has them, and a redirect starts with new ones.
 */
final class SystemHeaders {
  static final String NAME = "Authorization";

  private SystemHeaders() {}

  /** Puts the token on, where it belongs: given the hop, and the JDK's call. */
  static final class Present implements BiFunction<Object, Object, Object> {
    private final TokenPolicy policy;
    private final Calls.Plain plain;
    private final Sent.Recent recent = new Sent.Recent();

    Present(TokenPolicy policy, Calls.Plain plain) {
      this.policy = policy;
      this.plain = plain;
    }

    @Override
    public Object apply(Object request, Object call) {
      HttpRequest hop = (HttpRequest) request;
      Object handler = Internals.handler(call);
      Exchange<?> exchange = handler instanceof Exchange ? (Exchange<?>) handler : null;
      if ((exchange != null || plain.isKnown()) && Internals.isOfApp(call, hop)) {
        present(hop, exchange);
      }
      return request;
    }

    /**
     * @param exchange null: there is none yet, as the call may need none
     */
    private void present(HttpRequest hop, Exchange<?> exchange) {
      Map<String, List<String>> systemHeaders = Internals.systemHeaders(hop);
      List<String> ofJdk = systemHeaders.get(NAME);
      Sent before = Sent.of(hop);
      if (before != null && ofJdk != null && ofJdk == before.header()) {
        // of an earlier attempt
        systemHeaders.remove(NAME);
        ofJdk = null;
      }
      URI uri = hop.uri();
      String own = Exchange.authorization(hop);
      // A system header is what the app's Authenticator answered: it wins.
      if (ofJdk != null
          || !policy.coversHop(
              uri.getScheme(),
              uri.getHost(),
              uri.getPort(),
              uri.getRawPath(),
              Internals.isProxied(hop))
          || !policy.mayReplace(own)) {
        if (before != null) {
          Internals.note(hop, null);
        }
        if (exchange != null) {
          exchange.foreignHop();
        }
        return;
      }
      String managed = policy.authorizationNow(own);
      boolean overrides = managed != null && own != null;
      // Of a client with an Authenticator the JDK drops what the app has set: then this is sent.
      boolean alone =
          managed != null && (own == null || (exchange != null && exchange.hasAuthenticator()));
      Sent sent = recent.with(overrides ? hop.headers().map() : null, managed, own, alone);
      sent.note(hop, hop.timeout().isPresent());
      if (sent.header() != null) {
        systemHeaders.put(NAME, sent.header());
      }
      if (exchange != null) {
        exchange.ownHop(sent.authorization(), exchange.isFirst(hop));
      }
    }
  }

  /**
   * What the app set, with the token in place of its own Authorization (in the JDK an app's header
   * beats a system header, and its presence tells later ones how to take a 401): given the app's
   * headers and the hop.
   */
  static final class Overridden implements BiFunction<Object, Object, Object> {
    @Override
    public Object apply(Object userHeaders, Object hop) {
      Sent sent = Sent.of((HttpRequest) hop);
      return sent == null ? userHeaders : sent.shownFor((HttpHeaders) userHeaders);
    }
  }

  /** What an app's request shows as its body: given the publisher that the JDK was given. */
  static final class Publisher implements BiFunction<Object, Object, Object> {
    @Override
    @SuppressWarnings("unchecked") // HttpRequest.bodyPublisher() is of this type
    public Object apply(Object publisher, Object nothing) {
      return ((Optional<BodyPublisher>) publisher).map(ReplayableBody::ofApp);
    }
  }

  /**
   * The JDK's own log of request headers, without tokens: given a text or an array of values to be
   * logged, and nothing.
   */
  static final class Masked implements BiFunction<Object, Object, Object> {
    private static final String BEARER = "Bearer ";

    @Override
    public Object apply(Object values, Object nothing) {
      if (values instanceof String) {
        return masked((String) values);
      }
      Object[] logged = ((Object[]) values).clone();
      for (int i = 0; i < logged.length; i++) {
        if (logged[i] instanceof String) {
          logged[i] = masked((String) logged[i]);
        }
      }
      return logged;
    }

    private static String masked(String text) {
      int bearer = text.indexOf(BEARER);
      if (bearer < 0) {
        return text;
      }
      StringBuilder masked = new StringBuilder(text.length());
      int end = 0;
      for (; bearer >= 0; bearer = text.indexOf(BEARER, end)) {
        int token = bearer + BEARER.length();
        masked.append(text, end, token).append("***");
        end = token;
        while (end < text.length() && text.charAt(end) > ' ') {
          end++;
        }
      }
      return masked.append(text, end, text.length()).toString();
    }
  }
}

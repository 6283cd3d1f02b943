package org.genesystoken.agent.clients.httpclient;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * The headers that the JDK adds to a hop on its own account: they go on the wire, but no object
 * that the app sees has them, and a redirect starts with new ones.
 */
final class SystemHeaders {
  private static final String NAME = "Authorization";

  private SystemHeaders() {}

  /** The one value of a header that the agent put there, for one hop. */
  private static final class Managed extends AbstractList<String> {
    private final String value;

    /** What the hop's {@link Overridden} gave, as the JDK asks for it several times; or null. */
    private HttpHeaders overridden;

    Managed(String value) {
      this.value = value;
    }

    @Override
    public String get(int index) {
      if (index != 0) {
        throw new IndexOutOfBoundsException(index);
      }
      return value;
    }

    @Override
    public int size() {
      return 1;
    }
  }

  /**
   * Puts the token on, where it belongs: given the hop's system headers, and its request, body
   * handler and HTTP proxy.
   */
  static final class Present implements BiFunction<Object, Object, Object> {
    private final TokenPolicy policy;

    Present(TokenPolicy policy) {
      this.policy = policy;
    }

    @Override
    @SuppressWarnings("unchecked") // HttpHeadersBuilder.map() is of this type
    public Object apply(Object systemHeaders, Object context) {
      Object[] call = (Object[]) context;
      Object handler = call[1];
      // A WebSocket handshake, for one, has a handler of the JDK's own: it is not ours to touch.
      if (handler instanceof Exchange) {
        present(
            (Map<String, List<String>>) systemHeaders,
            (HttpRequest) call[0],
            (Exchange<?>) handler,
            call[2] != null);
      }
      return systemHeaders;
    }

    private void present(
        Map<String, List<String>> systemHeaders,
        HttpRequest hop,
        Exchange<?> exchange,
        boolean proxied) {
      URI uri = hop.uri();
      List<String> ofJdk = systemHeaders.get(NAME);
      List<String> ofApp = hop.headers().map().get(NAME);
      String own = ofApp == null ? null : ofApp.get(0);
      // A system header is what the app's Authenticator answered: it wins.
      if ((ofJdk != null && !(ofJdk instanceof Managed))
          || !policy.coversHop(
              uri.getScheme(), uri.getHost(), uri.getPort(), uri.getRawPath(), proxied)
          || !policy.mayReplace(own)) {
        exchange.foreignHop();
        return;
      }
      String managed = policy.authorizationNow(own);
      if (managed != null) {
        systemHeaders.put(NAME, new Managed(managed));
      }
      boolean first = uri.equals(exchange.uri()) && hop.method().equals(exchange.method());
      exchange.ownHop(managed == null ? own : managed, first);
    }
  }

  /**
   * What the app set, with the token in place of its own Authorization (in the JDK an app's header
   * beats a system header, and its presence tells later ones how to take a 401): given the app's
   * headers and the system headers.
   */
  static final class Overridden implements BiFunction<Object, Object, Object> {
    @Override
    public Object apply(Object userHeaders, Object systemHeaders) {
      HttpHeaders headers = (HttpHeaders) userHeaders;
      Object value = ((Map<?, ?>) systemHeaders).get(NAME);
      if (!(value instanceof Managed) || !headers.map().containsKey(NAME)) {
        return headers;
      }
      Managed managed = (Managed) value;
      if (managed.overridden == null) {
        managed.overridden = override(headers, managed);
      }
      return managed.overridden;
    }

    private static HttpHeaders override(HttpHeaders headers, Managed managed) {
      Map<String, List<String>> overriding = new Overriding(headers.map(), managed);
      HttpHeaders shown = Internals.headers(overriding);
      return shown == null ? HttpHeaders.of(overriding, (name, any) -> true) : shown;
    }
  }

  /** An app's headers with the token in the place of one that they have. A view, and read-only. */
  private static final class Overriding extends AbstractMap<String, List<String>> {
    private final Map<String, List<String>> app;
    private final Managed token;

    Overriding(Map<String, List<String>> app, Managed token) {
      this.app = app;
      this.token = token;
    }

    private List<String> shown(String name, List<String> values) {
      return NAME.equalsIgnoreCase(name) ? token : values;
    }

    @Override
    public List<String> get(Object name) {
      return shown((String) name, app.get(name));
    }

    @Override
    public boolean containsKey(Object name) {
      return app.containsKey(name);
    }

    @Override
    public void forEach(BiConsumer<? super String, ? super List<String>> action) {
      app.forEach((name, values) -> action.accept(name, shown(name, values)));
    }

    @Override
    public Set<Map.Entry<String, List<String>>> entrySet() {
      Map<String, List<String>> copy = new LinkedHashMap<>();
      forEach(copy::put);
      return Collections.unmodifiableMap(copy).entrySet();
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

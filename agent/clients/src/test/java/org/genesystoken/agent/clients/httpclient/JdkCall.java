package org.genesystoken.agent.clients.httpclient;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** A call of the JDK's own making that is sent by nobody. */
final class JdkCall {
  private static final String PACKAGE = "jdk.internal.net.http.";

  /** Its {@code MultiExchange}, which the hooks are given. */
  final Object multiExchange;

  /** The request of its hop, of the JDK's class. */
  final HttpRequest hop;

  /** The headers that the JDK adds to the hop. */
  final Map<String, List<String>> systemHeaders;

  JdkCall(HttpClient client, HttpRequest request, BodyHandler<?> handler) {
    try {
      Object impl = value(client, "impl");
      ProxySelector none = ProxySelector.of(null);
      hop = (HttpRequest) create("HttpRequestImpl", request, none);
      multiExchange = create("MultiExchange", request, hop, impl, handler);
      systemHeaders = systemHeaders();
    } catch (ReflectiveOperationException otherJdk) {
      throw new LinkageError("another JDK", otherJdk);
    }
  }

  @SuppressWarnings("unchecked") // HttpHeadersBuilder.map() is of this type
  private Map<String, List<String>> systemHeaders() throws ReflectiveOperationException {
    Object builder = value(hop, "systemHeadersBuilder");
    return (Map<String, List<String>>) value(builder, "headersMap");
  }

  /** Has the hop go through a proxy. */
  JdkCall by(Proxy proxy) {
    return with("setProxy", Proxy.class, proxy);
  }

  /** Makes the hop the handshake of a WebSocket. */
  JdkCall asWebSocket() {
    return with("isWebSocket", boolean.class, true);
  }

  /** Notes that the app has cancelled the call. */
  void cancel() {
    try {
      Field cancelled = multiExchange.getClass().getDeclaredField("cancelled");
      cancelled.setAccessible(true);
      cancelled.setBoolean(multiExchange, true);
    } catch (ReflectiveOperationException otherJdk) {
      throw new LinkageError("another JDK", otherJdk);
    }
  }

  private JdkCall with(String setter, Class<?> type, Object value) {
    try {
      Method method = hop.getClass().getDeclaredMethod(setter, type);
      method.setAccessible(true);
      method.invoke(hop, value);
      return this;
    } catch (ReflectiveOperationException otherJdk) {
      throw new LinkageError("another JDK", otherJdk);
    }
  }

  /** A {@code Response} of the JDK's to the hop. */
  Object response(int status) {
    try {
      Object exchange = create("Exchange", hop, multiExchange);
      HttpHeaders none = HttpHeaders.of(Map.of(), (name, value) -> true);
      return create("Response", hop, exchange, none, status, HttpClient.Version.HTTP_1_1);
    } catch (ReflectiveOperationException otherJdk) {
      throw new LinkageError("another JDK", otherJdk);
    }
  }

  /** By the constructor with the fewest parameters that takes these; null for what is left over. */
  private static Object create(String type, Object... given) throws ReflectiveOperationException {
    Constructor<?>[] all = Class.forName(PACKAGE + type).getDeclaredConstructors();
    Arrays.sort(all, Comparator.comparingInt(Constructor::getParameterCount));
    for (Constructor<?> constructor : all) {
      List<Object> open = new ArrayList<>(Arrays.asList(given));
      Object[] values = new Object[constructor.getParameterCount()];
      for (int i = 0; i < values.length; i++) {
        Class<?> wanted = constructor.getParameterTypes()[i];
        if (!open.isEmpty() && (wanted == int.class || wanted.isInstance(open.get(0)))) {
          values[i] = open.remove(0);
        }
      }
      if (open.isEmpty()) {
        constructor.setAccessible(true);
        return constructor.newInstance(values);
      }
    }
    throw new NoSuchMethodException(type);
  }

  private static Object value(Object of, String name) throws ReflectiveOperationException {
    Field field = of.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(of);
  }
}

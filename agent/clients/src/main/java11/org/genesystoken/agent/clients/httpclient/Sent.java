package org.genesystoken.agent.clients.httpclient;

import java.lang.ref.WeakReference;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a hop of ours was sent with. Hops that are sent with the same share one, so that a call that
 * goes well costs next to nothing.
 *
 * <p>It is kept with the hop itself: in a field of ours, or, where the JDK's class was loaded
 * before the agent came and could not be given one, among the headers that the JDK adds on its own
 * account, as the value of the one that is always there. For the JDK that is the same value as
 * before. Immutable.
 */
final class Sent extends AbstractList<String> {
  /** Set in the constructors of the JDK's request, from Java 11 on. */
  private static final String PLACE = "User-Agent";

  /** What stands in that place for the JDK, null: nothing. */
  private final String userAgent;

  private final String authorization;
  private final OverridingHeaders overriding;
  private final long start;

  /** Null, an {@link Exchange}, or a reference to one that others keep. */
  private final Object exchange;

  private Sent(
      String userAgent,
      String authorization,
      OverridingHeaders overriding,
      long start,
      Object exchange) {
    this.userAgent = userAgent;
    this.authorization = authorization;
    this.overriding = overriding;
    this.start = start;
    this.exchange = exchange;
  }

  /** What the last hops were sent with, until memory is short. Thread-safe. */
  static final class Recent {
    private volatile WeakReference<Sent> last = new WeakReference<>(null);
  }

  /**
   * Notes what a hop is sent with.
   *
   * @param app the app's headers if its Authorization is overridden, otherwise null
   * @param authorization the value that the hop carries, null if none
   * @param timed whether the time of its start is to be known
   */
  static void note(
      HttpRequest hop,
      Recent recent,
      Map<String, List<String>> app,
      String authorization,
      boolean timed) {
    String agent = Internals.NOTE == null ? userAgent(hop) : null;
    Sent last = recent.last.get();
    Sent sent = last;
    if (last == null || !last.isOf(agent, authorization, app)) {
      sent =
          new Sent(
              agent,
              authorization,
              app == null ? null : new OverridingHeaders(app, authorization),
              0,
              null);
      recent.last = new WeakReference<>(sent);
    }
    put(hop, timed ? sent.at(System.nanoTime()) : sent);
  }

  private boolean isOf(String agent, String value, Map<String, List<String>> app) {
    return Objects.equals(agent, userAgent)
        && Objects.equals(value, authorization)
        && (app == null ? overriding == null : overriding != null && overriding.isOf(app));
  }

  private Sent at(long nanoTime) {
    return new Sent(userAgent, authorization, overriding, nanoTime, null);
  }

  /** A hop that is none of ours: it may have been one in an earlier attempt. */
  static void forget(HttpRequest hop) {
    Sent sent = of(hop);
    if (sent != null && Internals.NOTE != null) {
      Internals.write(Internals.NOTE, hop, null);
    } else if (sent != null) {
      Internals.systemHeaders(hop).put(PLACE, List.of(sent.userAgent));
    }
  }

  /** What a hop was sent with, or null: it is none of ours. */
  static Sent of(HttpRequest hop) {
    Object place =
        Internals.NOTE == null
            ? Internals.systemHeaders(hop).get(PLACE)
            : Internals.read(Internals.NOTE, hop);
    return place instanceof Sent ? (Sent) place : null;
  }

  private static void put(HttpRequest hop, Sent sent) {
    if (Internals.NOTE == null) {
      Internals.systemHeaders(hop).put(PLACE, sent);
    } else {
      Internals.write(Internals.NOTE, hop, sent);
    }
  }

  private static String userAgent(HttpRequest hop) {
    return Internals.systemHeaders(hop).get(PLACE).get(0);
  }

  /** Notes that the hop was refused, and who decides on that. */
  void refused(HttpRequest hop, Exchange<?> by) {
    put(hop, new Sent(userAgent, authorization, overriding, start, by));
  }

  /**
   * Who decides on the refusal of the hop, from now on kept by the reading only: the app keeps its
   * request, but nobody is to keep the client behind it.
   *
   * @return null: the hop was not refused, or that is over
   */
  Exchange<?> read(HttpRequest hop) {
    Exchange<?> by = exchange();
    if (by != null) {
      WeakReference<Exchange<?>> kept = new WeakReference<>(by);
      put(hop, new Sent(userAgent, authorization, overriding, start, kept));
    }
    return by;
  }

  /** The same, with nothing changed. */
  Exchange<?> exchange() {
    Object by = exchange instanceof WeakReference ? ((WeakReference<?>) exchange).get() : exchange;
    return (Exchange<?>) by;
  }

  /** The value that the hop carried, null if none. */
  String authorization() {
    return authorization;
  }

  /** When it was sent, by {@link System#nanoTime}; of any value if it had no time-out. */
  long start() {
    return start;
  }

  /** What goes on the wire in place of the app's headers. */
  HttpHeaders shownFor(HttpHeaders app) {
    return overriding == null ? app : overriding.headers();
  }

  @Override
  public String get(int index) {
    return SystemHeaders.value(index, userAgent);
  }

  @Override
  public int size() {
    return 1;
  }
}

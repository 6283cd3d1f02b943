package org.genesystoken.agent.clients.httpclient;

import java.lang.ref.WeakReference;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a hop of ours was sent with, noted with the hop itself. Hops that are sent with the same
 * share one, so that a call that goes well costs next to nothing. Immutable.
 */
final class Sent {
  private final String authorization;

  /** The token as a header of its own; null: none, or it only overrides one of the app's. */
  private final List<String> header;

  private final OverridingHeaders overriding;
  private final long start;

  /** Null, an {@link Exchange}, or a reference to one that others keep. */
  private final Object exchange;

  private Sent(
      String authorization,
      List<String> header,
      OverridingHeaders overriding,
      long start,
      Object exchange) {
    this.authorization = authorization;
    this.header = header;
    this.overriding = overriding;
    this.start = start;
    this.exchange = exchange;
  }

  /**
   * What a hop was sent with not long ago. It is found again while a hop lives that notes it (one
   * with a time-out notes a copy), and until a garbage collection after that. Thread-safe.
   */
  static final class Recent {
    /** Headers of which one changes with each call are not worth their copy each time. */
    private static final int MISSES = 8;

    private volatile WeakReference<Sent> last = new WeakReference<>(null);

    /** Racy: a miss more or less does not matter. */
    private int misses;

    /**
     * @param app the app's headers, which have an Authorization to override; null: none has to be
     * @param managed the token to put on, null: there is none
     * @param own the app's own Authorization, null if it has none
     * @param alone whether the token is to be a header of its own, too
     */
    Sent with(Map<String, List<String>> app, String managed, String own, boolean alone) {
      String authorization = managed == null ? own : managed;
      Sent sent = last.get();
      if (sent != null && sent.isWith(authorization, alone, app)) {
        if (misses != 0) {
          misses = 0;
        }
        return sent;
      }
      misses++;
      boolean again = sent == null || app == null || misses >= MISSES;
      sent =
          new Sent(
              authorization,
              alone ? List.of(managed) : null,
              app == null ? null : new OverridingHeaders(app, managed, again),
              0,
              null);
      if (again) {
        misses = 0;
        last = new WeakReference<>(sent);
      }
      return sent;
    }
  }

  private boolean isWith(String value, boolean asHeader, Map<String, List<String>> app) {
    return Objects.equals(value, authorization)
        && asHeader == (header != null)
        && (app == null ? overriding == null : overriding != null && overriding.isOf(app));
  }

  /**
   * Notes that a hop is sent with this.
   *
   * @param timed whether the time of its start is to be known
   */
  void note(HttpRequest hop, boolean timed) {
    Internals.note(hop, timed ? copy(System.nanoTime(), null) : this);
  }

  private Sent copy(long newStart, Object newExchange) {
    return new Sent(authorization, header, overriding, newStart, newExchange);
  }

  /** What a hop was sent with, or null: it is none of ours. */
  static Sent of(HttpRequest hop) {
    return (Sent) Internals.note(hop);
  }

  /** Notes that the hop was refused, and who decides on that. */
  void refused(HttpRequest hop, Exchange<?> by) {
    Internals.note(hop, copy(start, by));
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
      Internals.note(hop, copy(start, new WeakReference<>(by)));
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

  /** The token for a header of its own, always the same object; null: there is to be none. */
  List<String> header() {
    return header;
  }

  /** When it was sent, by {@link System#nanoTime}; of any value if it had no time-out. */
  long start() {
    return start;
  }

  /** What goes on the wire in place of the app's headers. */
  HttpHeaders shownFor(HttpHeaders app) {
    return overriding == null ? app : overriding.headers();
  }
}

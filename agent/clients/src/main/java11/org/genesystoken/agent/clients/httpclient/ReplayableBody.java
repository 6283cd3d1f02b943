package org.genesystoken.agent.clients.httpclient;

import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.function.BooleanSupplier;

/**
 * A request body that can be sent a second time, or says that it cannot. The JDK's publishers of
 * strings, byte arrays and files give the same bytes to each subscriber. Any other may give what is
 * left of a stream, nothing usually, so its bytes are kept as they are sent, up to a limit.
 */
final class ReplayableBody {
  private static final String JDK_PUBLISHER = "jdk.internal.net.http.RequestPublishers$";

  private static final ReplayableBody NONE = new ReplayableBody(null, 0, false);

  private final BodyPublisher app;
  private final int limit;
  private final boolean asked;
  private final boolean repeatable;
  private volatile boolean touched;
  private volatile Recording recording;

  /**
   * @param app null: the request has no body
   * @param limit bytes that are kept at most
   * @param asked whether the JDK sends it only when the server has asked for it ({@code Expect:
   *     100-continue}): a call that is refused before has not touched it
   */
  static ReplayableBody of(BodyPublisher app, int limit, boolean asked) {
    return app == null ? NONE : new ReplayableBody(app, limit, asked);
  }

  private ReplayableBody(BodyPublisher app, int limit, boolean asked) {
    this.app = app;
    this.limit = limit;
    this.asked = asked;
    this.repeatable = isRepeatable(app);
  }

  /**
   * Whether a publisher gives the same to each subscriber.
   *
   * @param app null: the request has no body
   */
  static boolean isRepeatable(BodyPublisher app) {
    return app == null || isOfJdk(app) || app.contentLength() == 0;
  }

  /**
   * What is sent in the first attempt; null if the request has no body.
   *
   * @param own whether the hop that it is sent to may be replayed, asked when it is sent
   */
  BodyPublisher first(BooleanSupplier own) {
    return repeatable ? app : new Tee(own);
  }

  /** Whether both attempts are sent what the app gave. */
  boolean isRepeatable() {
    return repeatable;
  }

  /** What is sent in the replay; null if the request has no body. */
  BodyPublisher replay() {
    return touched && !repeatable ? recording.publisher() : app;
  }

  /** Forgets the bytes: the call has its answer. */
  void release() {
    if (recording != null) {
      recording = null;
    }
  }

  /** The publisher that the app gave, for one that the JDK was given in its place. */
  static BodyPublisher ofApp(BodyPublisher publisher) {
    return publisher instanceof Standin ? ((Standin) publisher).app() : publisher;
  }

  /** A publisher in place of the app's. */
  private interface Standin extends BodyPublisher {
    BodyPublisher app();
  }

  /** Whether the whole body can be sent once more. */
  boolean isReplayable() {
    Recording sent = recording;
    return repeatable || (asked && !touched) || (sent != null && sent.isWhole());
  }

  private static boolean isOfJdk(BodyPublisher publisher) {
    String name = publisher.getClass().getName();
    if (!name.startsWith(JDK_PUBLISHER)) {
      return false;
    }
    switch (name.substring(JDK_PUBLISHER.length())) {
      case "EmptyPublisher":
      case "ByteArrayPublisher":
      case "StringPublisher":
      case "FilePublisher":
        return true;
      default:
        return false;
    }
  }

  /**
   * The app's publisher, keeping what it gives to the first subscriber that gets all of it. The JDK
   * subscribes again to follow a redirect, when a stream has nothing left to give.
   */
  private final class Tee implements Standin {
    private final BooleanSupplier own;

    Tee(BooleanSupplier own) {
      this.own = own;
    }

    @Override
    public BodyPublisher app() {
      return app;
    }

    @Override
    public long contentLength() {
      return app.contentLength();
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
      touched = true;
      if (!own.getAsBoolean()) {
        app.subscribe(subscriber);
        return;
      }
      Recording started = new Recording(subscriber, contentLength());
      Recording before = recording;
      if (before == null || !before.isWhole()) {
        recording = started;
      }
      app.subscribe(started);
    }
  }

  /** What was kept of the app's publisher. */
  private final class Kept implements Standin {
    private final BodyPublisher bytes;
    private final long contentLength;

    Kept(BodyPublisher bytes, long contentLength) {
      this.bytes = bytes;
      this.contentLength = contentLength;
    }

    @Override
    public BodyPublisher app() {
      return app;
    }

    @Override
    public long contentLength() {
      return contentLength;
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
      bytes.subscribe(subscriber);
    }
  }

  /**
   * Passes a body on to the JDK and keeps a copy. Called by one thread at a time (Flow, rule 1.3).
   */
  private final class Recording implements Subscriber<ByteBuffer> {
    private final Subscriber<? super ByteBuffer> jdk;
    private final long contentLength;
    private final List<byte[]> kept = new ArrayList<>();
    private long size;
    private volatile boolean whole;

    Recording(Subscriber<? super ByteBuffer> jdk, long contentLength) {
      this.jdk = jdk;
      this.contentLength = contentLength;
    }

    boolean isWhole() {
      return whole;
    }

    BodyPublisher publisher() {
      return new Kept(BodyPublishers.ofByteArrays(kept), contentLength);
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      jdk.onSubscribe(subscription);
    }

    @Override
    public void onNext(ByteBuffer buffer) {
      size += buffer.remaining();
      if (size <= limit) {
        byte[] copy = new byte[buffer.remaining()];
        buffer.duplicate().get(copy);
        kept.add(copy);
      } else {
        kept.clear();
      }
      // A body of a stated length is over with its last byte; the JDK may not wait for more.
      whole = size <= limit && size == contentLength;
      jdk.onNext(buffer);
    }

    @Override
    public void onError(Throwable failure) {
      jdk.onError(failure);
    }

    @Override
    public void onComplete() {
      whole = size <= limit;
      jdk.onComplete();
    }
  }
}

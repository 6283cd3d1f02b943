package org.genesystoken.agent.clients.httpclient;

import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;

/**
 * A request body that can be sent a second time, or says that it cannot. The JDK's publishers of
 * strings, byte arrays and files give the same bytes to each subscriber. Any other may give what is
 * left of a stream, nothing usually, so its bytes are kept as they are sent, up to a limit.
 */
final class ReplayableBody {
  private static final String JDK_PUBLISHER = "jdk.internal.net.http.RequestPublishers$";

  private final BodyPublisher app;
  private final int limit;
  private final boolean repeatable;
  private final boolean asked;
  private volatile Recording recording;

  /**
   * @param app null: the request has no body
   * @param limit bytes that are kept at most
   * @param asked whether the JDK sends it only when the server has asked for it ({@code Expect:
   *     100-continue}): a call that is refused before has not touched it
   */
  ReplayableBody(BodyPublisher app, int limit, boolean asked) {
    this.app = app;
    this.limit = limit;
    this.asked = asked;
    this.repeatable = app == null || isOfJdk(app) || app.contentLength() == 0;
  }

  /** What is sent in the first attempt or in the replay; null if the request has no body. */
  BodyPublisher publisher(boolean replay) {
    if (repeatable) {
      return app;
    }
    Recording sent = recording;
    return replay && sent != null ? sent.publisher() : new Tee();
  }

  /** Whether the whole body can be sent once more. */
  boolean isReplayable() {
    Recording sent = recording;
    return repeatable || (sent == null ? asked : sent.isWhole());
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

  /** The app's publisher, keeping what it gives to its latest subscriber. */
  private final class Tee implements BodyPublisher {
    @Override
    public long contentLength() {
      return app.contentLength();
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
      Recording started = new Recording(subscriber, contentLength(), limit);
      recording = started;
      app.subscribe(started);
    }
  }

  /**
   * Passes a body on to the JDK and keeps a copy. Called by one thread at a time (Flow, rule 1.3).
   */
  private static final class Recording implements Subscriber<ByteBuffer> {
    private final Subscriber<? super ByteBuffer> jdk;
    private final long contentLength;
    private final int limit;
    private final List<byte[]> kept = new ArrayList<>();
    private long size;
    private volatile boolean whole;

    Recording(Subscriber<? super ByteBuffer> jdk, long contentLength, int limit) {
      this.jdk = jdk;
      this.contentLength = contentLength;
      this.limit = limit;
    }

    boolean isWhole() {
      return whole;
    }

    BodyPublisher publisher() {
      BodyPublisher bytes = BodyPublishers.ofByteArrays(kept);
      return contentLength < 0 ? bytes : BodyPublishers.fromPublisher(bytes, contentLength);
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

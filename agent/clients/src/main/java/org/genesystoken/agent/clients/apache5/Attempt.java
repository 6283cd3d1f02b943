package org.genesystoken.agent.clients.apache5;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.RequestChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.genesystoken.agent.core.policy.ApiAnswer;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * A request that is sent, and its answer: held, event by event, as long as it may be a refusal that
 * the app is not to see. The library tells of it on a thread of its reactor; what is decided on
 * another goes on on a pool's, as the app's own code may be part of it.
 */
final class Attempt implements AsyncClientExchangeHandler {
  /** Bytes of a refusal that are held, and read off so that its connection can be used again. */
  private static final int DRAIN_LIMIT = 128 * 1024;

  /** How many of them are asked for at once. */
  private static final int WINDOW = 32 * 1024;

  private enum State {
    /** Nothing of the answer is there. */
    SENT,
    /** It is held until enough of it is there. */
    HOLDING,
    /** It is held until it is known what becomes of it. */
    DECIDING,
    /** Its rest is read off, so that the connection can be used again. */
    DRAINING,
    /** The request was sent again. */
    REPLAYED,
    /** The library is being told of what was held. */
    PASSING,
    /** The library hears of everything at once. */
    PASSED
  }

  /** Something that the library is to be told, or that may come to that. */
  private interface Event {
    void tell() throws HttpException, IOException;
  }

  private final AsyncExchange exchange;
  private final AsyncClientExchangeHandler library;
  private final Attempt before;
  private final boolean tellsBody;
  private final Queue<Event> held = new ArrayDeque<>();
  private volatile State state = State.SENT;
  private volatile boolean bodyTold;
  private volatile Exception thrown;
  private volatile boolean written;
  private boolean outputEnded;
  private String sent;
  private ApiAnswer answer;
  private byte[] head = new byte[0];
  private int length;
  private long size;
  private boolean whole;

  /**
   * @param before the attempt that was refused; null: this is the first
   */
  Attempt(AsyncExchange exchange, Attempt before) {
    this.exchange = exchange;
    this.library = exchange.library();
    this.before = before;
    this.bodyTold = before != null && before.bodyTold;
    this.tellsBody = !bodyTold;
  }

  @Override
  public void produceRequest(RequestChannel channel, HttpContext context)
      throws HttpException, IOException {
    if (before == null) {
      library.produceRequest(
          (request, entity, same) -> {
            exchange.written();
            write(channel, entity, same);
          },
          context);
    } else {
      write(channel, exchange.body(), context);
    }
  }

  private void write(RequestChannel channel, EntityDetails entity, HttpContext context)
      throws HttpException, IOException {
    written = true;
    sent = exchange.present();
    try {
      channel.sendRequest(exchange.request(), entity, context);
    } finally {
      TokenHeader.withdraw(exchange.request());
    }
  }

  @Override
  public int available() {
    if (isHeld()) {
      return outputEnded ? 0 : 1;
    }
    return tellsBody ? library.available() : exchange.body().available();
  }

  /**
   * The library counts the end of the request, once. A server that has refused it does not get the
   * rest, as without the agent.
   */
  @Override
  public void produce(DataStreamChannel channel) throws IOException {
    // Some versions are still in the middle of sending the head.
    TokenHeader.withdraw(exchange.request());
    if (isHeld()) {
      if (!outputEnded) {
        outputEnded = true;
        channel.endStream();
      }
    } else if (tellsBody) {
      library.produce(new Noting(channel));
    } else {
      exchange.body().produce(channel);
    }
  }

  /** Whether there is an answer that the library has not heard of. */
  private boolean isHeld() {
    return state != State.SENT && state != State.PASSED;
  }

  @Override
  public void consumeInformation(HttpResponse response, HttpContext context)
      throws HttpException, IOException {
    library.consumeInformation(response, context);
  }

  @Override
  public void consumeResponse(HttpResponse response, EntityDetails entity, HttpContext context)
      throws HttpException, IOException {
    TokenPolicy policy = exchange.policy();
    policy.answered(response.getCode(), sent);
    if (before != null) {
      before.forget();
    }
    if (state != State.SENT || !policy.looksAt(response.getCode()) || !policy.mayReplace(sent)) {
      state = State.PASSED;
      library.consumeResponse(response, entity, context);
      return;
    }
    answer = Answers.of(response);
    held.add(() -> library.consumeResponse(response, entity, context));
    whole = entity == null;
    state = State.HOLDING;
    if (whole || !isBodyNeeded(response)) {
      decide();
    } else {
      head = new byte[TokenPolicy.BODY_LIMIT];
      after(this::late);
    }
  }

  /** Not where it cannot matter: it may be long, or slow. */
  private boolean isBodyNeeded(HttpResponse response) {
    Header type = response.getFirstHeader(HttpHeaders.CONTENT_TYPE);
    return exchange.refused().isTelling(answer, type == null ? null : type.getValue());
  }

  @Override
  public void updateCapacity(CapacityChannel channel) throws IOException {
    if (isRead()) {
      channel.update(WINDOW);
    } else if (!holds(() -> library.updateCapacity(channel))) {
      library.updateCapacity(channel);
    }
  }

  /**
   * Whether more of the answer is wanted: also while it is decided on, as some versions do not bear
   * to be asked by another thread than the reactor's.
   */
  private synchronized boolean isRead() {
    return state == State.HOLDING
        || state == State.DRAINING
        || (state == State.DECIDING && size <= DRAIN_LIMIT);
  }

  @Override
  public void consume(ByteBuffer bytes) throws IOException {
    if (state == State.PASSED) {
      library.consume(bytes);
      return;
    }
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    if (!holds(() -> library.consume(ByteBuffer.wrap(copy)))) {
      library.consume(ByteBuffer.wrap(copy));
      return;
    }
    note(copy);
    try {
      if (state == State.HOLDING && length == head.length) {
        decide();
      } else if (state == State.DRAINING && size > DRAIN_LIMIT) {
        tell();
      }
    } catch (HttpException ofLibrary) {
      // which cannot be thrown from here: the library comes back with this one
      thrown = ofLibrary;
      throw new IOException(ofLibrary);
    }
  }

  private synchronized void note(byte[] bytes) {
    int count = Math.min(bytes.length, head.length - length);
    System.arraycopy(bytes, 0, head, length, count);
    length += count;
    size += bytes.length;
  }

  @Override
  public void streamEnd(List<? extends Header> trailers) throws HttpException, IOException {
    if (!holds(() -> library.streamEnd(trailers))) {
      library.streamEnd(trailers);
      return;
    }
    State now = ended();
    if (now == State.HOLDING) {
      decide();
    } else if (now == State.DRAINING) {
      replay();
    }
  }

  private synchronized State ended() {
    whole = true;
    return state;
  }

  @Override
  public void failed(Exception cause) {
    Exception failure = thrown == null ? cause : thrown;
    switch (state) {
      case SENT:
        lost(failure, failure instanceof IOException);
        break;
      case HOLDING:
      case DECIDING:
        // of an answer that is whole there is nothing left to fail
        if (!whole && holds(() -> library.failed(failure))) {
          orFail(this::tell);
        }
        break;
      case DRAINING:
        orFail(this::replay);
        break;
      case REPLAYED:
        break;
      default:
        if (!holds(() -> library.failed(failure))) {
          library.failed(failure);
        }
    }
  }

  /** To be called where the request could not be sent. */
  void unsent(RuntimeException failure) {
    lost(failure, true);
  }

  /** Without the agent the app would have had the refusal, and no failure. */
  private void lost(Exception failure, boolean fallsBack) {
    if (before != null && !written && !exchange.isCancelled() && exchange.sendsAnew()) {
      // on a connection that was closed just then
      state = State.REPLAYED;
      exchange.replay(new Attempt(exchange, before));
      return;
    }
    state = State.PASSED;
    if (fallsBack && before != null && before.isKept() && !exchange.isCancelled()) {
      exchange.discardConnection();
      before.orFail(before::tell);
    } else {
      library.failed(failure);
    }
  }

  /**
   * The app's, or the library's own: some versions say so of a request that could not be sent, and,
   * if its connection was closed at once, also of one that has been answered.
   */
  @Override
  public void cancel() {
    if (exchange.isCancelled()
        || state == State.PASSED
        || (state == State.SENT && before == null)) {
      if (!exchange.cancelsAfter(this)) {
        stop(true);
        library.cancel();
      }
    } else if (state == State.SENT) {
      lost(new InterruptedIOException(), true);
    }
  }

  @Override
  public void releaseResources() {
    if (!holds(library::releaseResources)) {
      library.releaseResources();
    }
  }

  /** Whether the library is to hear of it later, or never; false: now. */
  private synchronized boolean holds(Event event) {
    if (state == State.SENT || state == State.PASSED) {
      return false;
    }
    if (state != State.REPLAYED) {
      held.add(event);
    }
    return true;
  }

  private synchronized boolean isKept() {
    return !held.isEmpty();
  }

  private synchronized void forget() {
    held.clear();
  }

  /** Where the library cannot be thrown at. */
  private void orFail(Event event) {
    try {
      event.tell();
    } catch (HttpException | IOException | RuntimeException ofLibrary) {
      library.failed(ofLibrary);
    }
  }

  private void after(Runnable then) {
    exchange
        .policy()
        .after(TokenPolicy.BODY_PATIENCE)
        .whenComplete((nothing, failure) -> then.run());
  }

  /** The decision is by what has come of a body that is too slow. */
  private void late() {
    orFail(this::decide);
  }

  private void decide() throws HttpException, IOException {
    ApiAnswer refusal;
    synchronized (this) {
      if (state != State.HOLDING) {
        return;
      }
      state = State.DECIDING;
      refusal = answer.withBody(head, length);
    }
    CompletableFuture<Boolean> decision = exchange.replays(refusal, sent).toCompletableFuture();
    if (decision.isDone()) {
      decided(decision.getNow(false));
    } else {
      exchange.waits(this);
      decision.whenComplete(
          (replays, failure) -> orFail(() -> decided(failure == null && replays)));
    }
  }

  private void decided(boolean replays) throws HttpException, IOException {
    boolean drains;
    synchronized (this) {
      if (state != State.DECIDING) {
        return;
      }
      drains = replays && !whole && size <= DRAIN_LIMIT;
      if (drains) {
        state = State.DRAINING;
      }
    }
    if (drains) {
      after(
          () -> {
            if (state == State.DRAINING) {
              orFail(this::tell);
            }
          });
    } else if (replays && whole) {
      replay();
    } else {
      tell();
    }
  }

  /** Sends the request again, unless the app has cancelled the call or its way is gone. */
  private void replay() throws HttpException, IOException {
    if (exchange.isCancelled()) {
      if (stop(true)) {
        library.cancel();
      }
      return;
    }
    if (!exchange.canSend()) {
      tell();
      return;
    }
    synchronized (this) {
      if (state != State.DECIDING && state != State.DRAINING) {
        return;
      }
      state = State.REPLAYED;
      if (!whole) {
        held.clear();
      }
    }
    exchange.replay(new Attempt(exchange, this));
  }

  /** Tells the library of the answer, as if nobody had looked at it. */
  private void tell() throws HttpException, IOException {
    synchronized (this) {
      if (state == State.PASSING || state == State.PASSED) {
        return;
      }
      state = State.PASSING;
    }
    try {
      for (Event event = next(); event != null; event = next()) {
        event.tell();
      }
    } finally {
      stop(false);
    }
  }

  private synchronized Event next() {
    Event next = held.poll();
    if (next == null) {
      state = State.PASSED;
    }
    return next;
  }

  /**
   * From now on the library hears of everything at once.
   *
   * @param unlessPassing leaves a thread alone that tells the library of what was held
   * @return whether it was not so before
   */
  private synchronized boolean stop(boolean unlessPassing) {
    if (state == State.PASSED || (unlessPassing && state == State.PASSING)) {
      return false;
    }
    boolean changed = state != State.SENT;
    state = State.PASSED;
    held.clear();
    return changed;
  }

  /** Notes the end of a body that the library has been told of. */
  private final class Noting implements DataStreamChannel {
    private final DataStreamChannel channel;

    Noting(DataStreamChannel channel) {
      this.channel = channel;
    }

    @Override
    public void requestOutput() {
      channel.requestOutput();
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      return channel.write(bytes);
    }

    @Override
    public void endStream() throws IOException {
      bodyTold = true;
      channel.endStream();
    }

    @Override
    public void endStream(List<? extends Header> trailers) throws IOException {
      bodyTold = true;
      channel.endStream(trailers);
    }
  }
}

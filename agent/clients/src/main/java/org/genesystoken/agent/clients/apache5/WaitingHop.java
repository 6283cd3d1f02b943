package org.genesystoken.agent.clients.apache5;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;

/**
 * An asynchronous hop that has its connection, but no token yet. It is carried out once: when there
 * is a token or no hope for one, or not at all if the app cancels the call before that.
 */
final class WaitingHop {
  /** The request that this thread has the library carry out: it is not to wait again. */
  private static final ThreadLocal<HttpRequest> WAITED = new ThreadLocal<>();

  private final AsyncExecChainHandler library;
  private final HttpRequest request;
  private final AsyncEntityProducer body;
  private final AsyncExecChain.Scope scope;
  private final AsyncExecChain chain;
  private final AsyncExecCallback callback;
  private final AtomicBoolean over = new AtomicBoolean();

  /**
   * @param body null: none
   */
  WaitingHop(
      AsyncExecChainHandler library,
      HttpRequest request,
      AsyncEntityProducer body,
      AsyncExecChain.Scope scope,
      AsyncExecChain chain,
      AsyncExecCallback callback) {
    this.library = library;
    this.request = request;
    this.body = body;
    this.scope = scope;
    this.chain = chain;
    this.callback = callback;
  }

  static boolean hasWaited(HttpRequest request) {
    return WAITED.get() == request;
  }

  /** Waits, without blocking. */
  WaitingHop until(CompletableFuture<Void> ready) {
    scope.cancellableDependency.setDependency(this::cancel);
    ready.whenComplete((nothing, failure) -> execute());
    return this;
  }

  /** As the library tells of a cancel when it has begun to execute. */
  private boolean cancel() {
    boolean first = over.compareAndSet(false, true);
    if (first) {
      callback.failed(new InterruptedIOException());
    }
    return first;
  }

  private void execute() {
    // The library may have noted an older step of the call as the one to cancel.
    if ((scope.cancellableDependency.isCancelled() && cancel())
        || !over.compareAndSet(false, true)) {
      return;
    }
    WAITED.set(request);
    try {
      library.execute(request, body, scope, chain, callback);
    } catch (IOException | HttpException | RuntimeException ofLibrary) {
      callback.failed(ofLibrary);
    } finally {
      WAITED.remove();
    }
  }
}

package org.genesystoken.agent.clients.asynchttpclient;

import io.netty.handler.codec.http.HttpResponse;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.asynchttpclient.netty.NettyResponseFuture;
import org.genesystoken.agent.core.policy.RefusedCall;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * The few calls of the app that there is something to remember of: those that wait for a first
 * token, and those that have been refused. Each is forgotten when it ends. Thread-safe.
 */
final class Calls {
  private final Map<NettyResponseFuture<?>, Memory> memories = new ConcurrentHashMap<>();
  private final TokenPolicy policy;
  private final TimeOuts timeOuts = new TimeOuts();

  Calls(TokenPolicy policy) {
    this.policy = policy;
  }

  TokenPolicy policy() {
    return policy;
  }

  TimeOuts timeOuts() {
    return timeOuts;
  }

  /** What a call waits for since it found no token, or null. */
  CompletableFuture<Void> ready(NettyResponseFuture<?> future) {
    Memory memory = known(future);
    return memory == null ? null : memory.ready;
  }

  void waitsFor(NettyResponseFuture<?> future, CompletableFuture<Void> ready) {
    memory(future).ready = ready;
  }

  /** A call's rules of replays. */
  RefusedCall refused(NettyResponseFuture<?> future) {
    Memory memory = memory(future);
    if (memory.refused == null) {
      memory.refused = policy.refusedCall();
    }
    return memory.refused;
  }

  /** From now on the call is a replay, and has this refusal to fall back to. */
  void replays(NettyResponseFuture<?> future, Hop refusal) {
    Memory memory = memory(future);
    memory.replaying = true;
    memory.fallBack(refusal);
    if (future.isDone()) {
      memory.fallBack(null);
    }
  }

  boolean isReplaying(NettyResponseFuture<?> future) {
    Memory memory = known(future);
    return memory != null && memory.replaying;
  }

  /** To be called with each part of an answer: after the first there is no way back. */
  void answered(NettyResponseFuture<?> future, Object message) {
    Memory memory = known(future);
    if (memory != null && memory.replaying) {
      HttpResponse response = Messages.response(message);
      if (response != null && response.status().code() >= 200) {
        memory.replaying = false;
        memory.fallBack(null);
      }
    }
  }

  /**
   * Whether a call that fails was a replay, and has had its refusal instead: without the agent the
   * app would have seen that, and no failure. The app's own time-outs and cancels are no failures.
   */
  boolean endsRefused(NettyResponseFuture<?> future, Throwable failure) {
    Memory memory = known(future);
    if (memory == null || !(failure instanceof IOException) || future.isDone()) {
      return false;
    }
    Hop refusal = memory.take();
    return refusal != null && refusal.endsCall();
  }

  private Memory known(NettyResponseFuture<?> future) {
    return memories.isEmpty() ? null : memories.get(future);
  }

  private Memory memory(NettyResponseFuture<?> future) {
    Memory known = memories.get(future);
    if (known != null) {
      return known;
    }
    Memory memory = new Memory();
    memories.put(future, memory);
    future
        .toCompletableFuture()
        .whenComplete(
            (value, failure) -> {
              memories.remove(future);
              memory.fallBack(null);
            });
    return memory;
  }

  /** One call's. Its calls come one after the other, but for the end of the call. */
  private static final class Memory {
    private volatile CompletableFuture<Void> ready;
    private volatile RefusedCall refused;
    private volatile boolean replaying;
    private Hop refusal;

    /**
     * @param refusal null: there is none any more
     */
    void fallBack(Hop refusal) {
      Hop before = take();
      if (before != null) {
        before.drop();
      }
      synchronized (this) {
        this.refusal = refusal;
      }
    }

    synchronized Hop take() {
      Hop taken = refusal;
      refusal = null;
      return taken;
    }
  }
}

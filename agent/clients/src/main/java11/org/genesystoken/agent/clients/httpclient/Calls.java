package org.genesystoken.agent.clients.httpclient;

import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * Where an app's call comes in, and where its answer goes out. The client that the hooks are given
 * is the JDK's own behind the app's: of that one, the JDK wants nothing to be kept, as its client
 * ends when the app has let go of it.
 */
final class Calls {
  private Calls() {}

  /**
   * Whether a call without an {@link Exchange} is a blocking one, whose end {@link End} sees: not
   * before the client that apps hold is known to be woven, and no more once a call has got past us.
   * Thread-safe.
   */
  static final class Plain {
    private volatile boolean woven;
    private volatile boolean gotPast;

    /** Read before it is written, as every call comes here: its cache line stays everybody's. */
    void known() {
      if (!woven) {
        woven = true;
      }
    }

    boolean isKnown() {
      return woven && !gotPast;
    }
  }

  /**
   * Whether a call can reach a covered host: at once, or by a redirect. Others are left to the JDK
   * alone.
   */
  private static boolean concerns(TokenPolicy policy, HttpClient client, HttpRequest request) {
    return (Exchange.covers(policy, request.uri()) || client.followRedirects() != Redirect.NEVER)
        && !Internals.isWebSocket(request);
  }

  /**
   * Begins a blocking call: given the app's request and the client; returns what the call needs of
   * us from the start, null if that is nothing. Most calls need something only once they have been
   * refused: see {@link Answered}.
   */
  static final class Begin implements BiFunction<Object, Object, Object> {
    private final TokenPolicy policy;
    private final Plain plain;

    Begin(TokenPolicy policy, Plain plain) {
      this.policy = policy;
      this.plain = plain;
    }

    @Override
    public Object apply(Object ofApp, Object ofJdk) {
      plain.known();
      HttpClient client = (HttpClient) ofJdk;
      HttpRequest request = (HttpRequest) ofApp;
      return request == null || !concerns(policy, client, request) || isPlain(client, request)
          ? null
          : new Begun(policy, client, request);
    }

    /** Whether all that matters of a call can still be told when it has been refused. */
    private boolean isPlain(HttpClient client, HttpRequest request) {
      return Exchange.isOfJdk(request)
          && ReplayableBody.isRepeatable(request.bodyPublisher().orElse(null))
          && client.authenticator().isEmpty()
          && System.getSecurityManager() == null
          && plain.isKnown()
          && !(Exchange.covers(policy, request.uri())
              && policy.hasToWait(Exchange.authorization(request)));
    }
  }

  /** A call that needs an {@link Exchange} from its start. */
  private static final class Begun {
    final TokenPolicy policy;
    final HttpClient client;
    final HttpRequest request;

    Begun(TokenPolicy policy, HttpClient client, HttpRequest request) {
      this.policy = policy;
      this.client = client;
      this.request = request;
    }
  }

  /**
   * The body handler for the JDK to go on with: given the app's, and what {@link Begin} returned.
   */
  static final class Handler implements BiFunction<Object, Object, Object> {
    @Override
    public Object apply(Object handler, Object call) {
      if (handler == null || !(call instanceof Begun)) {
        return handler;
      }
      Begun begun = (Begun) call;
      return new Exchange<>(
          begun.policy, begun.client, begun.request, (BodyHandler<?>) handler, null);
    }
  }

  /**
   * What the JDK is given as the request: given the app's request and the handler. See {@link
   * Exchange} for why it may not be the app's.
   */
  static final class Request implements BiFunction<Object, Object, Object> {
    @Override
    public Object apply(Object request, Object handler) {
      return handler instanceof Exchange ? ((Exchange<?>) handler).request() : request;
    }
  }

  /** Ends a blocking call: given the JDK's response; returns the response for the app. */
  static final class End implements BiFunction<Object, Object, Object> {
    @Override
    public Object apply(Object response, Object nothing) {
      return Replayed.answer((HttpResponse<?>) response);
    }
  }

  /**
   * Takes over an asynchronous call: given nothing, and the client, request, body handler and push
   * promise handler; returns the future for the app, or what to throw, or null to leave the call to
   * the JDK.
   */
  static final class BeginAsync implements BiFunction<Object, Object, Object> {
    private final TokenPolicy policy;
    private final Plain plain;

    BeginAsync(TokenPolicy policy, Plain plain) {
      this.policy = policy;
      this.plain = plain;
    }

    @Override
    public Object apply(Object nothing, Object context) {
      try {
        return begin((Object[]) context);
      } catch (Throwable failure) {
        // The JDK goes on with the call, and nobody sees how it ends.
        plain.gotPast = true;
        throw failure;
      }
    }

    @SuppressWarnings("unchecked") // the parameters of sendAsync
    private Object begin(Object[] call) {
      HttpClient client = (HttpClient) call[0];
      HttpRequest request = (HttpRequest) call[1];
      Object handler = call[2];
      if (handler == null || request == null || !concerns(policy, client, request)) {
        return null;
      }
      Exchange<Object> exchange =
          new Exchange<>(
              policy,
              client,
              request,
              (BodyHandler<Object>) handler,
              (PushPromiseHandler<Object>) call[3]);
      CompletableFuture<HttpResponse<Object>> first;
      try {
        first = exchange.send();
      } catch (RuntimeException ofJdk) {
        // What it says to the app's arguments, or what the app's executor says.
        return ofJdk;
      }
      if (first.isCompletedExceptionally()) {
        // One stage on its failure would be wrapped.
        return first;
      }
      CompletableFuture<HttpResponse<Object>> answer = first.thenApply(Replayed::answer);
      exchange.future(answer);
      return answer;
    }
  }

  /** Begins an attempt: given the stage that sets it off, and the JDK's call. */
  static final class Attempt implements BiFunction<Object, Object, Object> {
    @Override
    @SuppressWarnings("unchecked") // MultiExchange.responseAsync0 takes this type
    public Object apply(Object trigger, Object call) {
      Object handler = Internals.handler(call);
      return handler instanceof Exchange
          ? ((Exchange<?>) handler).begin(call, (CompletableFuture<Void>) trigger)
          : trigger;
    }
  }

  /** Hears of an answer to a hop: given the hop, and the JDK's response. */
  static final class Answered implements BiFunction<Object, Object, Object> {
    private final TokenPolicy policy;
    private final Plain plain;

    Answered(TokenPolicy policy, Plain plain) {
      this.policy = policy;
      this.plain = plain;
    }

    @Override
    public Object apply(Object hop, Object response) {
      Sent sent = Sent.of((HttpRequest) hop);
      if (sent != null) {
        int status = Internals.status(response);
        policy.answered(status, sent.authorization());
        Object call = policy.looksAt(status) ? Internals.call(response) : null;
        if (call != null && plain.isKnown() && !(Internals.handler(call) instanceof Exchange)) {
          refused((HttpRequest) hop, sent, call);
        }
      }
      return hop;
    }

    private void refused(HttpRequest hop, Sent sent, Object call) {
      Exchange<?> exchange =
          Exchange.refused(
              policy,
              call,
              Internals.client(call),
              Internals.request(call),
              Internals.handler(call),
              sent.start());
      exchange.ownHop(sent.authorization(), exchange.isFirst(hop));
      sent.refused(hop, exchange);
      // In this order: Cancelled looks for an exchange only after the JDK has noted it.
      if (Internals.isCancelled(call)) {
        exchange.cancel();
      }
    }
  }

  /** Who reads an answer: given the call's body handler, and the hop. */
  static final class Reader implements BiFunction<Object, Object, Object> {
    @Override
    public Object apply(Object handler, Object hop) {
      Sent sent = Sent.of((HttpRequest) hop);
      Exchange<?> exchange = sent == null ? null : sent.read((HttpRequest) hop);
      return exchange == null ? handler : exchange;
    }
  }

  /**
   * Passes the cancellation of an attempt on to the call: given the JDK's call, and whether it is
   * to be aborted.
   */
  static final class Cancelled implements BiFunction<Object, Object, Object> {
    @Override
    public Object apply(Object call, Object abort) {
      if (((Integer) abort) != 0) {
        Object handler = Internals.handler(call);
        Sent sent = Sent.of(Internals.hop(call));
        if (handler instanceof Exchange) {
          ((Exchange<?>) handler).cancel();
        } else if (sent != null && sent.exchange() != null) {
          sent.exchange().cancel();
        }
      }
      return call;
    }
  }

  /** The challenges of a 401 as the JDK is to see them: given those, and the handler and status. */
  static final class Challenges implements BiFunction<Object, Object, Object> {
    @Override
    public Object apply(Object challenges, Object context) {
      Object[] answer = (Object[]) context;
      // a proxy's 407 comes here, too
      return answer[0] instanceof Exchange
              && ((Collection<?>) challenges).isEmpty()
              && ((Integer) answer[1]) == 401
          ? ((Exchange<?>) answer[0]).unchallenged()
          : challenges;
    }
  }
}

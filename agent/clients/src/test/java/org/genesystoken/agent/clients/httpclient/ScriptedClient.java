package org.genesystoken.agent.clients.httpclient;

import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;

/** A client that sends nothing, and answers when a test says so. */
final class ScriptedClient extends HttpClient {
  /** What was sent. */
  final List<CompletableFuture<HttpResponse<?>>> attempts =
      Collections.synchronizedList(new ArrayList<>());

  /** Run by each attempt that is sent. */
  volatile Runnable sending = () -> {};

  private final Executor executor;

  ScriptedClient(Executor executor) {
    this.executor = executor;
  }

  /** Some answer; only its identity matters. */
  static <T> HttpResponse<T> answer() {
    return answer(null);
  }

  static <T> HttpResponse<T> answer(T body) {
    return new Answer<>(body);
  }

  /** Answers all that was sent so far. */
  void answerAll() {
    attempts.forEach(attempt -> attempt.complete(answer()));
  }

  @Override
  @SuppressWarnings({"unchecked", "rawtypes"}) // one list for calls of all types
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> handler, PushPromiseHandler<T> push) {
    CompletableFuture<HttpResponse<?>> attempt = new CompletableFuture<>();
    attempts.add(attempt);
    sending.run();
    return (CompletableFuture) attempt;
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> handler) {
    return sendAsync(request, handler, null);
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler) {
    throw new AssertionError("a replay is never sent by a blocking call");
  }

  @Override
  public Optional<Executor> executor() {
    return Optional.of(executor);
  }

  @Override
  public Redirect followRedirects() {
    return Redirect.NEVER;
  }

  @Override
  public Version version() {
    return Version.HTTP_1_1;
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return Optional.empty();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return Optional.empty();
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return Optional.empty();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return Optional.empty();
  }

  @Override
  public SSLContext sslContext() {
    throw new AssertionError("no one needs it");
  }

  @Override
  public SSLParameters sslParameters() {
    throw new AssertionError("no one needs them");
  }

  private static final class Answer<T> implements HttpResponse<T> {
    private final T body;

    Answer(T body) {
      this.body = body;
    }

    @Override
    public int statusCode() {
      return 200;
    }

    @Override
    public HttpRequest request() {
      return null;
    }

    @Override
    public Optional<HttpResponse<T>> previousResponse() {
      return Optional.empty();
    }

    @Override
    public HttpHeaders headers() {
      return null;
    }

    @Override
    public T body() {
      return body;
    }

    @Override
    public Optional<SSLSession> sslSession() {
      return Optional.empty();
    }

    @Override
    public URI uri() {
      return null;
    }

    @Override
    public HttpClient.Version version() {
      return HttpClient.Version.HTTP_1_1;
    }
  }
}

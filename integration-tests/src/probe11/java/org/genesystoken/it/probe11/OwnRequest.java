package org.genesystoken.it.probe11;

import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;

/** An app's own HttpRequest. */
final class OwnRequest extends HttpRequest {
  private final HttpRequest jdk;

  OwnRequest(HttpRequest jdk) {
    this.jdk = jdk;
  }

  @Override
  public Optional<BodyPublisher> bodyPublisher() {
    return jdk.bodyPublisher();
  }

  @Override
  public String method() {
    return jdk.method();
  }

  @Override
  public Optional<Duration> timeout() {
    return jdk.timeout();
  }

  @Override
  public boolean expectContinue() {
    return jdk.expectContinue();
  }

  @Override
  public URI uri() {
    return jdk.uri();
  }

  @Override
  public Optional<Version> version() {
    return jdk.version();
  }

  @Override
  public HttpHeaders headers() {
    return jdk.headers();
  }
}

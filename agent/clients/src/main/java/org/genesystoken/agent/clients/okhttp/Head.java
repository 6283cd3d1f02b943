package org.genesystoken.agent.clients.okhttp;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Okio;
import org.genesystoken.agent.core.policy.ApiAnswer;
import org.genesystoken.agent.core.policy.RefusedCall;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * The first bytes of a refusal's body. They stay in the library's buffer too, so that the app can
 * read the body as if nobody had looked at it. One thread.
 */
final class Head {
  private final Response response;
  private byte[] bytes = new byte[0];
  private boolean whole;
  private IOException failure;

  private Head(Response response) {
    this.response = response;
  }

  /**
   * Reads where it can matter: a body of a type that may say expired, or one that will not be
   * needed because the headers say what is to be known.
   */
  static Head of(RefusedCall call, Response response) {
    Head head = new Head(response);
    if (call.isTelling(head.answer(), response.header("Content-Type"))) {
      head.read(response.body().source());
    }
    return head;
  }

  private void read(BufferedSource source) {
    long start = System.nanoTime();
    boolean late = false;
    Buffer buffer = source.buffer();
    try {
      while (!whole && !late && buffer.size() < TokenPolicy.BODY_LIMIT) {
        whole = !source.request(buffer.size() + 1);
        late =
            !whole
                && System.nanoTime() - start
                    > TimeUnit.MILLISECONDS.toNanos(TokenPolicy.BODY_PATIENCE);
      }
    } catch (IOException broken) {
      // Asked again, a stream tells of the connection, which is closed by now.
      failure = broken;
    }
    Buffer copy = new Buffer();
    // More than the limit can have come at once; that much more is part of what is whole.
    buffer.copyTo(copy, 0, whole ? buffer.size() : Math.min(buffer.size(), TokenPolicy.BODY_LIMIT));
    bytes = copy.readByteArray();
  }

  /** The answer that this is the body of, as far as it came in time. */
  ApiAnswer answer() {
    return ApiAnswer.of(
            response.code(),
            response.headers("WWW-Authenticate"),
            response.header("Retry-After"),
            response.header("Content-Encoding"))
        .dated(response.header("Date"))
        .withBody(bytes, bytes.length);
  }

  /** The response, readable even when its connection has been given back; null: it is too long. */
  Response kept() {
    ResponseBody body = response.body();
    return whole
        ? response
            .newBuilder()
            .body(
                ResponseBody.create(
                    body.contentType(), body.contentLength(), new Buffer().write(bytes)))
            .build()
        : null;
  }

  /** The response with its body as if nobody had looked at it. */
  Response handOver() {
    ResponseBody body = response.body();
    return failure == null
        ? response
        : response
            .newBuilder()
            .body(
                ResponseBody.create(
                    body.contentType(),
                    body.contentLength(),
                    Okio.buffer(new Broken(body.source(), failure))))
            .build();
  }

  /** Fails as reading has failed, after what was read. */
  private static final class Broken extends ForwardingSource {
    private final Buffer read;
    private final IOException failure;

    Broken(BufferedSource source, IOException failure) {
      super(source);
      this.read = source.buffer();
      this.failure = failure;
    }

    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
      if (read.size() == 0) {
        throw failure;
      }
      return read.read(sink, byteCount);
    }
  }
}

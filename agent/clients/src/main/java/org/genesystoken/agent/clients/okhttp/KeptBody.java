package org.genesystoken.agent.clients.okhttp;

import java.io.IOException;
import okhttp3.RequestBody;
import okio.Buffer;
import okio.ForwardingSink;
import okio.Sink;

/** Where a body that can be sent once goes to, and a copy of what went there. One thread. */
final class KeptBody extends ForwardingSink {
  private final RequestBody body;
  private final int limit;
  private final Buffer copy = new Buffer();
  private boolean ended;
  private boolean tooLong;

  /**
   * @param limit how many bytes are kept at most
   */
  KeptBody(Sink sink, RequestBody body, int limit) {
    super(sink);
    this.body = body;
    this.limit = limit;
  }

  /**
   * Whether that body was sent to its end and is here: not one that an interceptor has put in its
   * place, and would put there again.
   */
  boolean isWhole(RequestBody asked) {
    return body == asked && ended && !tooLong;
  }

  /** A body of the library's with the same content. */
  RequestBody again() {
    return RequestBody.create(body.contentType(), copy.clone().readByteArray());
  }

  @Override
  public void write(Buffer source, long byteCount) throws IOException {
    if (!tooLong && byteCount > limit - copy.size()) {
      tooLong = true;
      copy.clear();
    }
    if (!tooLong) {
      source.copyTo(copy, 0, byteCount);
    }
    super.write(source, byteCount);
  }

  @Override
  public void close() throws IOException {
    super.close();
    ended = true;
  }
}

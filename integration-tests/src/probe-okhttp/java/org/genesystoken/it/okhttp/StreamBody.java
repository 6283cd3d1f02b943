package org.genesystoken.it.okhttp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import okio.Okio;

/** A body of the app's that is read from a stream: once. */
final class StreamBody extends RequestBody {
  private final InputStream in;
  private final long length;

  /**
   * @param length -1: not told
   */
  StreamBody(byte[] bytes, long length) {
    this.in = new ByteArrayInputStream(bytes);
    this.length = length;
  }

  @Override
  public MediaType contentType() {
    return OkhttpCaller.BYTES;
  }

  @Override
  public long contentLength() {
    return length;
  }

  /** Overrides what RequestBody has since 3.14. */
  public boolean isOneShot() {
    return true;
  }

  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    sink.writeAll(Okio.source(in));
  }
}

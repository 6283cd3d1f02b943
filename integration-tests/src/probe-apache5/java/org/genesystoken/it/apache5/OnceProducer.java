package org.genesystoken.it.apache5;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Set;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.DataStreamChannel;

/** A body that can be sent once. */
final class OnceProducer implements AsyncEntityProducer {
  private final ByteBuffer body;
  private final boolean chunked;
  private final String contentType;

  OnceProducer(byte[] body, boolean chunked, String contentType) {
    this.body = ByteBuffer.wrap(body);
    this.chunked = chunked;
    this.contentType = contentType;
  }

  @Override
  public boolean isRepeatable() {
    return false;
  }

  @Override
  public void failed(Exception cause) {}

  @Override
  public long getContentLength() {
    return chunked ? -1 : body.capacity();
  }

  @Override
  public String getContentType() {
    return contentType;
  }

  @Override
  public String getContentEncoding() {
    return null;
  }

  @Override
  public boolean isChunked() {
    return chunked;
  }

  @Override
  public Set<String> getTrailerNames() {
    return Collections.emptySet();
  }

  @Override
  public int available() {
    return Math.max(1, body.remaining());
  }

  @Override
  public void produce(DataStreamChannel channel) throws IOException {
    if (body.hasRemaining()) {
      channel.write(body);
    }
    if (!body.hasRemaining()) {
      channel.endStream();
    }
  }

  @Override
  public void releaseResources() {}
}

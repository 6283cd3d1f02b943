package org.genesystoken.agent.clients.urlconnection;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A body whose first bytes were looked at, as if they had not been. As thread-safe as the body. */
final class UnreadStream extends FilterInputStream {
  private final byte[] head;
  private final int length;
  private int position;
  private boolean closed;

  UnreadStream(byte[] head, int length, InputStream rest) {
    super(rest);
    this.head = head;
    this.length = length;
  }

  private boolean inHead() {
    return !closed && position < length;
  }

  @Override
  public int read() throws IOException {
    return inHead() ? head[position++] & 0xff : super.read();
  }

  @Override
  public int read(byte[] buffer, int offset, int count) throws IOException {
    if (!inHead()) {
      return super.read(buffer, offset, count);
    }
    int copied = Math.min(count, length - position);
    System.arraycopy(head, position, buffer, offset, copied);
    position += copied;
    return copied;
  }

  @Override
  public long skip(long count) throws IOException {
    if (!inHead() || count <= 0) {
      return super.skip(count);
    }
    int skipped = (int) Math.min(count, length - position);
    position += skipped;
    return skipped;
  }

  @Override
  public int available() throws IOException {
    int unread = inHead() ? length - position : 0;
    return (int) Math.min((long) unread + super.available(), Integer.MAX_VALUE);
  }

  @Override
  public void close() throws IOException {
    closed = true;
    super.close();
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}

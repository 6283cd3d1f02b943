package org.genesystoken.agent.clients.apache4;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.http.HttpEntity;
import org.apache.http.entity.HttpEntityWrapper;

/** A body that can be read once only, and a copy of what was sent of it. One thread. */
final class KeptEntity extends HttpEntityWrapper {
  private final int limit;
  private final ByteArrayOutputStream copy = new ByteArrayOutputStream();
  private boolean begun;
  private boolean ended;
  private boolean tooLong;
  private boolean replaying;

  /**
   * @param limit how many bytes are kept at most
   */
  KeptEntity(HttpEntity entity, int limit) {
    super(entity);
    this.limit = limit;
  }

  /** Whether the body can be sent again: nothing of it was read, or all was and is here. */
  boolean isWhole() {
    return !begun || (ended && !tooLong);
  }

  /** From now on the copy is sent, if anything was. */
  void replay() {
    replaying = begun;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    if (replaying) {
      copy.writeTo(out);
      return;
    }
    begun = true;
    super.writeTo(new Copying(out));
    ended = true;
  }

  /** Passes bytes on, and keeps them. */
  private final class Copying extends FilterOutputStream {
    Copying(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] b, int off, int len) throws IOException {
      if (!tooLong && len > limit - copy.size()) {
        tooLong = true;
        copy.reset();
      }
      if (!tooLong) {
        copy.write(b, off, len);
      }
      out.write(b, off, len);
    }
  }
}

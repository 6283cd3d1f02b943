package org.genesystoken.agent.clients.body;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** A copy of a request's body that can be read once only. One thread. */
public final class KeptBody {
  private final int limit;
  private final ByteArrayOutputStream copy = new ByteArrayOutputStream();
  private boolean begun;
  private boolean ended;
  private boolean tooLong;
  private boolean replaying;

  /**
   * @param limit how many bytes are kept at most
   */
  public KeptBody(int limit) {
    this.limit = limit;
  }

  /** What writes the body. */
  public interface Source {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Whether the body can be sent again: nothing of it was read, or all was and is here. */
  public boolean isWhole() {
    return !begun || (ended && !tooLong);
  }

  /** From now on the copy is sent, if anything was. */
  public void replay() {
    replaying = begun;
  }

  /** Sends the body. */
  public void write(Source body, OutputStream out) throws IOException {
    if (replaying) {
      copy.writeTo(out);
      return;
    }
    begun = true;
    body.writeTo(new Copying(out));
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

package org.genesystoken.agent.clients.body;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.concurrent.TimeUnit;
import org.genesystoken.agent.core.policy.ApiAnswer;
import org.genesystoken.agent.core.policy.TokenPolicy;

/** The first bytes of a refusal's body, and what comes after them. One thread. */
public final class Head {
  /** Bytes of a refusal that are read off so that its connection can be used again. */
  private static final int DRAIN_LIMIT = 128 * 1024;

  private final byte[] bytes = new byte[TokenPolicy.BODY_LIMIT];
  private int length;
  private InputStream rest;
  private boolean whole;
  private boolean late;

  /** Notes that there is no body. */
  public void none() {
    whole = true;
  }

  /** Reads as far as the body reaches, or the buffer, or the time. */
  public void read(InputStream body) {
    long start = System.nanoTime();
    rest = body;
    try {
      while (!whole && !late && length < bytes.length) {
        int read = rest.read(bytes, length, bytes.length - length);
        length += Math.max(0, read);
        whole = read < 0;
        late =
            !whole
                && System.nanoTime() - start
                    > TimeUnit.MILLISECONDS.toNanos(TokenPolicy.BODY_PATIENCE);
      }
    } catch (IOException broken) {
      // Libraries let a stream end here when it is asked again; the app is to see what we saw.
      rest = new Broken(broken);
    }
  }

  /** The answer with this body, as far as it came in time. */
  public ApiAnswer of(ApiAnswer headers) {
    return headers.withBody(bytes, length);
  }

  /** Whether these bytes are the body. */
  public boolean isWhole() {
    return whole;
  }

  /** The body as if nobody had looked at it; null: nobody has. */
  public InputStream unread() {
    if (rest == null) {
      return null;
    }
    InputStream head = new ByteArrayInputStream(bytes, 0, length);
    return whole ? head : new SequenceInputStream(head, rest);
  }

  /**
   * Reads the rest off, so that the connection can be used again.
   *
   * @param body for when nothing was read yet
   * @return false: there is too much of it, or it is too slow
   */
  public boolean drain(InputStream body) throws IOException {
    if (whole || late) {
      return whole;
    }
    InputStream in = rest == null ? body : rest;
    byte[] dropped = new byte[TokenPolicy.BODY_LIMIT];
    int count = 0;
    while (count < DRAIN_LIMIT) {
      int read = in.read(dropped);
      if (read < 0) {
        return true;
      }
      count += read;
    }
    return false;
  }

  /** A body that cannot be read. */
  public static InputStream failing(IOException failure) {
    return new Broken(failure);
  }

  /** Fails as reading has failed. */
  private static final class Broken extends InputStream {
    private final IOException failure;

    Broken(IOException failure) {
      this.failure = failure;
    }

    @Override
    public int read() throws IOException {
      throw failure;
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
      throw failure;
    }
  }
}

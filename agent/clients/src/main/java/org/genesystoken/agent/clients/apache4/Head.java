package org.genesystoken.agent.clients.apache4;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.http.Header;
import org.apache.http.HttpEntity;
import org.apache.http.HttpHeaders;
import org.apache.http.HttpResponse;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.entity.HttpEntityWrapper;
import org.genesystoken.agent.core.policy.ApiAnswer;
import org.genesystoken.agent.core.policy.RefusedCall;
import org.genesystoken.agent.core.policy.TokenPolicy;

/** The first bytes of a refusal's body, and what comes after them. One thread. */
final class Head {
  /** How long a call may be held up for a body that trickles. Milliseconds. */
  private static final int PATIENCE = 2000;

  /** Bytes of a refusal that are read off so that its connection can be used again. */
  private static final int DRAIN_LIMIT = 128 * 1024;

  private final byte[] bytes = new byte[TokenPolicy.BODY_LIMIT];
  private int length;
  private InputStream rest;
  private boolean whole;
  private boolean late;

  private Head() {}

  /**
   * Reads where it can matter: a body of a type that may say expired, or one that will not be
   * needed because the headers say what is to be known.
   */
  static Head of(RefusedCall call, HttpResponse response) {
    Head head = new Head();
    HttpEntity entity = response.getEntity();
    if (entity == null) {
      head.whole = true;
    } else if (TokenPolicy.mayTellInBody(value(response, HttpHeaders.CONTENT_TYPE))
        || call.isClearWithoutBody(head.answer(response))) {
      head.read(entity);
    }
    return head;
  }

  private void read(HttpEntity entity) {
    long start = System.nanoTime();
    try {
      rest = entity.getContent();
      while (!whole && !late && length < bytes.length) {
        int read = rest.read(bytes, length, bytes.length - length);
        length += Math.max(0, read);
        whole = read < 0;
        late = !whole && System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(PATIENCE);
      }
    } catch (IOException broken) {
      // The library would let its stream end here; the app is to see what we saw.
      rest = new Broken(broken);
    }
  }

  /** The answer that this is the body of. A body that is too slow does not count. */
  ApiAnswer answer(HttpResponse response) {
    List<String> challenges = new ArrayList<>();
    for (Header header : response.getHeaders(HttpHeaders.WWW_AUTHENTICATE)) {
      challenges.add(header.getValue());
    }
    return ApiAnswer.of(
            response.getStatusLine().getStatusCode(),
            challenges,
            value(response, HttpHeaders.RETRY_AFTER),
            value(response, HttpHeaders.CONTENT_ENCODING))
        .withBody(bytes, late ? 0 : length);
  }

  /** Whether these bytes are the body. */
  boolean isWhole() {
    return whole;
  }

  /** The response, with its body as if nobody had looked at it. */
  CloseableHttpResponse handOver(CloseableHttpResponse response) {
    if (rest != null) {
      InputStream head = new ByteArrayInputStream(bytes, 0, length);
      response.setEntity(
          new Unread(response.getEntity(), whole ? head : new SequenceInputStream(head, rest)));
    }
    return response;
  }

  /** Gives the connection back: to the pool if the rest is short, else it is closed. */
  void drain(CloseableHttpResponse response) {
    try {
      HttpEntity entity = response.getEntity();
      if (!whole) {
        InputStream in = rest == null ? entity.getContent() : rest;
        byte[] dropped = new byte[TokenPolicy.BODY_LIMIT];
        int count = 0;
        for (int read = 0; read >= 0 && count < DRAIN_LIMIT; count += read) {
          read = in.read(dropped);
        }
      }
      response.close();
    } catch (IOException lost) {
      // then the library has closed the connection
    }
  }

  private static String value(HttpResponse response, String name) {
    Header header = response.getFirstHeader(name);
    return header == null ? null : header.getValue();
  }

  /** The library's entity, but for the stream. */
  private static final class Unread extends HttpEntityWrapper {
    private final InputStream content;

    Unread(HttpEntity entity, InputStream content) {
      super(entity);
      this.content = content;
    }

    @Override
    public InputStream getContent() {
      return content;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      try (InputStream in = content) {
        byte[] buffer = new byte[TokenPolicy.BODY_LIMIT];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          out.write(buffer, 0, read);
        }
      }
    }

    @Override
    public String toString() {
      return wrappedEntity.toString();
    }
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

package org.genesystoken.agent.core.endpoint;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Reads one HTTP/1.1 answer (RFC 9112), however large or odd, within fixed bounds. No message
 * quotes what was read.
 */
final class AnswerReader {
  private static final int MAX_HEAD_BYTES = 64 * 1024;
  private static final int MAX_BODY_BYTES = 64 * 1024;

  private final InputStream in;
  private int headBytes;
  private long contentLength = -1;
  private boolean chunked;
  private String retryAfter;
  private String date;

  AnswerReader(InputStream in) {
    this.in = in;
  }

  HttpAnswer read() throws IOException {
    int status = head();
    while (status >= 100 && status < 200) {
      status = head();
    }
    return new HttpAnswer(status, retryAfter, date, body(status));
  }

  /** Reads the head that answers a CONNECT and not one byte more. */
  int readTunnelStatus() throws IOException {
    return head();
  }

  private int head() throws IOException {
    contentLength = -1;
    chunked = false;
    retryAfter = null;
    date = null;
    int status = status(line());
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon <= 0) {
        continue;
      }
      String value = line.substring(colon + 1).trim();
      switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
        case "content-length":
          contentLength = number(value, 10);
          break;
        case "transfer-encoding":
          chunked = value.toLowerCase(Locale.ROOT).endsWith("chunked");
          break;
        case "retry-after":
          retryAfter = value;
          break;
        case "date":
          date = value;
          break;
        default:
          break;
      }
    }
    return status;
  }

  private static int status(String line) throws IOException {
    if (!line.startsWith("HTTP/1.") || line.length() < 12) {
      throw new IOException("what answered does not speak HTTP/1.1; check token-url");
    }
    return (int) number(line.substring(9, 12), 10);
  }

  private byte[] body(int status) throws IOException {
    if (status == 204 || status == 304) {
      return new byte[0];
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if (chunked) {
      for (long size = chunkSize(); size > 0; size = chunkSize()) {
        copy(size, body);
        if (!line().isEmpty()) {
          throw new IOException("the answer's chunks are broken");
        }
      }
    } else if (contentLength >= 0) {
      copy(contentLength, body);
    } else {
      int next = in.read();
      while (next >= 0) {
        body.write(next);
        check(body.size());
        next = in.read();
      }
    }
    return body.toByteArray();
  }

  private long chunkSize() throws IOException {
    String line = line();
    int extension = line.indexOf(';');
    return number((extension < 0 ? line : line.substring(0, extension)).trim(), 16);
  }

  private void copy(long count, ByteArrayOutputStream body) throws IOException {
    check(body.size() + count);
    for (long i = 0; i < count; i++) {
      body.write(next());
    }
  }

  private static void check(long size) throws IOException {
    if (size > MAX_BODY_BYTES) {
      throw new IOException("the answer is larger than 64 KiB; check token-url");
    }
  }

  private static long number(String text, int radix) throws IOException {
    try {
      long number = Long.parseLong(text, radix);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // answered below
    }
    throw new IOException("the answer is not valid HTTP/1.1");
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = next(); c != '\n'; c = next()) {
      if (++headBytes > MAX_HEAD_BYTES) {
        throw new IOException("the answer's header is larger than 64 KiB; check token-url");
      }
      line.write(c);
    }
    String text = new String(line.toByteArray(), StandardCharsets.ISO_8859_1);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  private int next() throws IOException {
    int c = in.read();
    if (c < 0) {
      throw new EOFException("the connection was closed before the answer was complete");
    }
    return c;
  }
}

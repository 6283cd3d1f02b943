package org.genesystoken.agent.clients.apache5;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http2.frame.RawFrame;
import org.apache.hc.core5.http2.hpack.HPackEncoder;
import org.apache.hc.core5.util.ByteArrayBuffer;
import org.genesystoken.agent.clients.body.WrittenToken;

/** What the library logs of what it writes: the same, or a copy with asterisks for the token. */
final class Logged {
  /** What may be remembered between requests, bytes: any number does, as there is one. */
  private static final int TABLE = 4096;

  private Logged() {}

  static List<?> headers(List<?> written) {
    byte[] token = WrittenToken.current();
    if (token == null) {
      return written;
    }
    String value = new String(token, StandardCharsets.ISO_8859_1);
    List<Object> masked = new ArrayList<>();
    for (Object header : written) {
      boolean ours = value.equals(((Header) header).getValue());
      masked.add(ours ? TokenHeader.masked((Header) header) : header);
    }
    return masked;
  }

  /**
   * @param written what is before its position counts
   */
  static ByteBuffer bytes(ByteBuffer written) {
    ByteBuffer read = written.duplicate();
    read.flip();
    byte[] bytes = read(read);
    byte[] masked = masked(bytes);
    if (masked == bytes) {
      return written;
    }
    ByteBuffer copy = ByteBuffer.wrap(masked);
    copy.position(masked.length);
    return copy;
  }

  static RawFrame frame(RawFrame written) {
    ByteBuffer payload = written.getPayload();
    if (payload == null) {
      return written;
    }
    byte[] bytes = read(payload);
    byte[] masked = masked(bytes);
    return masked == bytes
        ? written
        : new RawFrame(
            written.getType(), written.getFlags(), written.getStreamId(), ByteBuffer.wrap(masked));
  }

  private static byte[] read(ByteBuffer from) {
    byte[] bytes = new byte[from.remaining()];
    from.get(bytes);
    return bytes;
  }

  private static byte[] masked(byte[] bytes) {
    byte[] token = WrittenToken.current();
    if (token == null) {
      return bytes;
    }
    byte[] masked = WrittenToken.masked(bytes, token);
    return masked == bytes ? WrittenToken.masked(bytes, encoded(token)) : masked;
  }

  /** As HTTP/2 writes it, which hides it from no one (RFC 7541, 5.2). */
  private static byte[] encoded(byte[] token) {
    String value = new String(token, StandardCharsets.ISO_8859_1);
    ByteArrayBuffer field = new ByteArrayBuffer(value.length());
    try {
      encoder().encodeHeader(field, "authorization", value, true);
    } catch (ReflectiveOperationException | CharacterCodingException ofAnotherVersion) {
      return token;
    }
    byte[] bytes = field.toByteArray();
    // the number of a name that both sides know takes two bytes, the length of the value some
    int at = 2;
    boolean more = (bytes[at++] & 0x7f) == 0x7f;
    while (more) {
      more = bytes[at++] < 0;
    }
    return Arrays.copyOfRange(bytes, at, bytes.length);
  }

  private static HPackEncoder encoder() throws ReflectiveOperationException {
    try {
      return HPackEncoder.class
          .getConstructor(Charset.class)
          .newInstance(StandardCharsets.US_ASCII);
    } catch (NoSuchMethodException ofNewerVersions) {
      return HPackEncoder.class
          .getConstructor(int.class, Charset.class)
          .newInstance(TABLE, StandardCharsets.US_ASCII);
    }
  }
}

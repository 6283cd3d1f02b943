package org.genesystoken.agent.clients.asynchttpclient;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;

/** The parts of an answer, as Netty hands them over: HTTP/1.1 objects or HTTP/2 frames. */
final class Messages {
  private Messages() {}

  /** Status and headers, if this part has them; null: it has not. */
  static HttpResponse response(Object message) {
    if (message instanceof HttpObject) {
      return message instanceof HttpResponse ? (HttpResponse) message : null;
    }
    return Frames.response(message);
  }

  static boolean isLast(Object message) {
    return message instanceof HttpObject
        ? message instanceof LastHttpContent
        : Frames.isLast(message);
  }

  /** What could not be decoded. */
  static boolean isBroken(Object message) {
    return message instanceof HttpObject && ((HttpObject) message).decoderResult().isFailure();
  }

  static ByteBuf content(Object message) {
    return message instanceof ByteBufHolder
        ? ((ByteBufHolder) message).content()
        : Unpooled.EMPTY_BUFFER;
  }
}

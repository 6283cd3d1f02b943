package org.genesystoken.agent.clients.asynchttpclient;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import java.util.Map;

/** HTTP/2. Apart from {@link Messages}, because only newer versions of the library bring it. */
final class Frames {
  private Frames() {}

  static HttpResponse response(Object frame) {
    Http2Headers headers =
        frame instanceof Http2HeadersFrame ? ((Http2HeadersFrame) frame).headers() : null;
    if (headers == null || headers.status() == null) {
      return null;
    }
    try {
      return new DefaultHttpResponse(
          HttpVersion.HTTP_1_1,
          HttpResponseStatus.valueOf(Integer.parseInt(headers.status().toString())),
          fields(headers));
    } catch (IllegalArgumentException malformed) {
      // The library says so.
      return null;
    }
  }

  private static HttpHeaders fields(Http2Headers headers) {
    HttpHeaders fields = new DefaultHttpHeaders(false);
    for (Map.Entry<CharSequence, CharSequence> field : headers) {
      if (field.getKey().length() > 0 && field.getKey().charAt(0) != ':') {
        fields.add(field.getKey(), field.getValue());
      }
    }
    return fields;
  }

  static boolean isLast(Object frame) {
    return (frame instanceof Http2HeadersFrame && ((Http2HeadersFrame) frame).isEndStream())
        || (frame instanceof Http2DataFrame && ((Http2DataFrame) frame).isEndStream());
  }
}

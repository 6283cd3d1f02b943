package org.genesystoken.agent.clients.asynchttpclient;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import org.junit.jupiter.api.Test;

class MessagesTest {
  @Test
  void readsObjectsOfHttp1() {
    HttpResponse response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.UNAUTHORIZED);
    Object part = new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[] {1, 2}));

    assertThat(Messages.response(response)).isSameAs(response);
    assertThat(Messages.isLast(response)).isFalse();
    assertThat(Messages.response(part)).isNull();
    assertThat(Messages.content(part).readableBytes()).isEqualTo(2);
    assertThat(Messages.isLast(part)).isFalse();
    assertThat(Messages.isLast(LastHttpContent.EMPTY_LAST_CONTENT)).isTrue();
  }

  @Test
  void readsFramesOfHttp2() {
    Object head =
        new DefaultHttp2HeadersFrame(
            new DefaultHttp2Headers().status("401").add("www-authenticate", "Bearer"), false);
    Object trailers = new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().add("a", "b"), true);
    Object part = new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[] {1, 2}), true);

    assertThat(Messages.response(head).status().code()).isEqualTo(401);
    assertThat(Messages.response(head).headers().names()).containsExactly("www-authenticate");
    assertThat(Messages.isLast(head)).isFalse();
    assertThat(Messages.response(trailers)).isNull();
    assertThat(Messages.isLast(trailers)).isTrue();
    assertThat(Messages.content(part).readableBytes()).isEqualTo(2);
    assertThat(Messages.isLast(part)).isTrue();
  }
}

package org.genesystoken.agent.clients.asynchttpclient;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.asynchttpclient.Param;
import org.asynchttpclient.RequestBuilder;
import org.asynchttpclient.channel.ChannelPoolPartitioning.PerHostChannelPoolPartitioning;
import org.asynchttpclient.netty.NettyResponseFuture;
import org.asynchttpclient.request.body.generator.ByteArrayBodyGenerator;
import org.asynchttpclient.request.body.generator.FileBodyGenerator;
import org.asynchttpclient.request.body.generator.InputStreamBodyGenerator;
import org.asynchttpclient.request.body.generator.UnboundedQueueFeedableBodyGenerator;
import org.asynchttpclient.request.body.multipart.ByteArrayPart;
import org.asynchttpclient.request.body.multipart.FilePart;
import org.asynchttpclient.request.body.multipart.InputStreamPart;
import org.asynchttpclient.request.body.multipart.StringPart;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RequestBodyTest {
  private static final byte[] BYTES = "body".getBytes(UTF_8);

  static Stream<UnaryOperator<RequestBuilder>> repeatable() {
    return Stream.of(
        request -> request.setBody(BYTES),
        request -> request.setBody(Arrays.asList(BYTES, BYTES)),
        request -> request.setBody("body"),
        request -> request.setBody(ByteBuffer.wrap(BYTES)),
        request -> request.setBody(new File("body")),
        request -> request.setFormParams(Collections.singletonList(new Param("a", "b"))),
        request -> request.setBody(new ByteArrayBodyGenerator(BYTES)),
        request -> request.setBody(new FileBodyGenerator(new File("body"))),
        request ->
            request
                .addBodyPart(new StringPart("a", "b"))
                .addBodyPart(new ByteArrayPart("c", BYTES))
                .addBodyPart(new FilePart("d", new File("pom.xml"))));
  }

  static Stream<UnaryOperator<RequestBuilder>> once() {
    return Stream.of(
        request -> request.setBody(new ByteArrayInputStream(BYTES)),
        request -> request.setBody(new InputStreamBodyGenerator(new ByteArrayInputStream(BYTES))),
        request -> request.setBody(new UnboundedQueueFeedableBodyGenerator()),
        request ->
            request
                .addBodyPart(new StringPart("a", "b"))
                .addBodyPart(new InputStreamPart("c", new ByteArrayInputStream(BYTES), "c")));
  }

  @ParameterizedTest
  @MethodSource("repeatable")
  void sendsAgainWhatTheLibraryCanWriteAgain(UnaryOperator<RequestBuilder> body) {
    assertThat(RequestBody.isRepeatable(call(body))).isTrue();
  }

  @ParameterizedTest
  @MethodSource("once")
  void leavesAloneWhatCanBeReadOnce(UnaryOperator<RequestBuilder> body) {
    assertThat(RequestBody.isRepeatable(call(body))).isFalse();
  }

  private static NettyResponseFuture<?> call(UnaryOperator<RequestBuilder> body) {
    return new NettyResponseFuture<>(
        body.apply(new RequestBuilder("POST").setUrl("https://api.mypurecloud.ie/")).build(),
        QuietHandler.INSTANCE,
        null,
        0,
        PerHostChannelPoolPartitioning.INSTANCE,
        null,
        null);
  }
}

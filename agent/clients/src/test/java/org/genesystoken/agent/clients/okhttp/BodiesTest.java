package org.genesystoken.agent.clients.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import okhttp3.FormBody;
import okhttp3.MediaType;
import okhttp3.MultipartBody;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.junit.jupiter.api.Test;

/** With 3.12, where bodies do not say whether they can be sent again. */
class BodiesTest {
  private final Bodies bodies = new Bodies();

  @Test
  void whatTheLibraryMakesCanBeSentAgain() {
    // given
    RequestBody text = RequestBody.create(null, "text");

    // when, then
    assertThat(bodies.isRepeatable(null)).isTrue();
    assertThat(bodies.isRepeatable(text)).isTrue();
    assertThat(bodies.isRepeatable(new FormBody.Builder().add("a", "b").build())).isTrue();
    assertThat(bodies.isRepeatable(multipart(text))).isTrue();
    assertThat(bodies.isDuplex(text)).isFalse();
  }

  @Test
  void whatTheAppMakesMayBeAStreamWhereverItIs() {
    // given
    RequestBody own = new Own();

    // when, then
    assertThat(bodies.isRepeatable(own)).isFalse();
    assertThat(bodies.isRepeatable(multipart(own))).isFalse();
    assertThat(bodies.isRepeatable(multipart(multipart(own)))).isFalse();
    assertThat(bodies.isDuplex(own)).isFalse();
  }

  private static RequestBody multipart(RequestBody part) {
    return new MultipartBody.Builder().addPart(part).build();
  }

  private static final class Own extends RequestBody {
    @Override
    public MediaType contentType() {
      return null;
    }

    @Override
    public void writeTo(BufferedSink sink) {}
  }
}

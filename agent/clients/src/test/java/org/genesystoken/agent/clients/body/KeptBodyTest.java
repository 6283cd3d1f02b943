package org.genesystoken.agent.clients.body;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class KeptBodyTest {
  private final ByteArrayOutputStream wire = new ByteArrayOutputStream();

  @Test
  void whatWasSentIsSentAgainWithoutItsSource() throws IOException {
    // given
    KeptBody body = new KeptBody(4);
    body.write(out -> out.write("body".getBytes(US_ASCII)), wire);

    // when
    boolean whole = body.isWhole();
    body.replay();
    body.write(
        out -> {
          throw new AssertionError("the source can be read once");
        },
        wire);

    // then
    assertThat(whole).isTrue();
    assertThat(wire).hasToString("bodybody");
  }

  @Test
  void aBodyBeyondTheLimitIsSentOnceAndNotWhole() throws IOException {
    // given
    KeptBody body = new KeptBody(4);

    // when
    body.write(
        out -> {
          out.write('a');
          out.write("bcde".getBytes(US_ASCII));
        },
        wire);

    // then
    assertThat(wire).hasToString("abcde");
    assertThat(body.isWhole()).isFalse();
  }

  @Test
  void aBodyThatBrokeOffIsNotWhole() {
    // given
    KeptBody body = new KeptBody(4);

    // when
    assertThatThrownBy(
            () ->
                body.write(
                    out -> {
                      out.write('a');
                      throw new IOException("broken off");
                    },
                    wire))
        .hasMessage("broken off");

    // then
    assertThat(body.isWhole()).isFalse();
  }

  @Test
  void aBodyThatWasNotAskedForIsSentFromItsSource() throws IOException {
    // given
    KeptBody body = new KeptBody(4);

    // when
    boolean whole = body.isWhole();
    body.replay();
    body.write(out -> out.write("late".getBytes(US_ASCII)), wire);

    // then
    assertThat(whole).isTrue();
    assertThat(wire).hasToString("late");
  }
}

package org.genesystoken.agent.clients.body;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.Collections;
import org.genesystoken.agent.core.policy.ApiAnswer;
import org.genesystoken.agent.core.policy.TokenPolicy;
import org.junit.jupiter.api.Test;

class HeadTest {
  private static final ApiAnswer REFUSAL = ApiAnswer.of(401, Collections.emptyList(), null, "gzip");

  private final Head head = new Head();

  @Test
  void aShortBodyIsWholeAndCanBeReadAsIfNobodyHad() throws IOException {
    // when
    head.read(new ByteArrayInputStream("refused".getBytes(US_ASCII)));

    // then
    assertThat(head.isWhole()).isTrue();
    assertThat(head.of(REFUSAL).length()).isEqualTo(7);
    assertThat(head.of(REFUSAL).contentEncoding()).isEqualTo("gzip");
    assertThat(head.unread().readAllBytes()).asString(US_ASCII).isEqualTo("refused");
  }

  @Test
  void ofALongBodyTheRestIsReadFromWhereItComes() throws IOException {
    // given
    byte[] body = new byte[TokenPolicy.BODY_LIMIT + 100];
    Arrays.fill(body, (byte) 'x');
    body[body.length - 1] = 'z';

    // when
    head.read(new ByteArrayInputStream(body));

    // then
    assertThat(head.isWhole()).isFalse();
    assertThat(head.of(REFUSAL).length()).isEqualTo(TokenPolicy.BODY_LIMIT);
    assertThat(head.unread().readAllBytes()).isEqualTo(body);
  }

  @Test
  void whatBreaksOffBreaksOffForTheAppToo() throws IOException {
    // given
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("reset");
          }

          @Override
          public int read(byte[] b, int off, int len) throws IOException {
            return read();
          }
        };

    // when
    head.read(new SequenceInputStream(new ByteArrayInputStream("ref".getBytes(US_ASCII)), broken));

    // then
    InputStream seen = head.unread();
    assertThat(seen.readNBytes(3)).asString(US_ASCII).isEqualTo("ref");
    assertThatThrownBy(seen::read).hasMessage("reset");
    assertThat(head.isWhole()).isFalse();
  }

  @Test
  void aBodyThatNobodyLookedAtIsLeftAlone() {
    assertThat(head.unread()).isNull();
    assertThat(head.isWhole()).isFalse();
  }
}

package org.genesystoken.agent.clients.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

  @Test
  void afterCloseItIsAsClosedAsTheBody() throws IOException {
    // given
    InputStream unread = new UnreadStream(new byte[] {1, 2, 3}, 3, InputStream.nullInputStream());
    assertThat(unread.read()).isEqualTo(1);

    // when
    unread.close();

    // then
    assertThatThrownBy(unread::read).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> unread.read(new byte[2], 0, 2)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> unread.skip(1)).isInstanceOf(IOException.class);
    assertThatThrownBy(unread::available).isInstanceOf(IOException.class);
  }

  @Test
  void aBodyThatBreaksOffDoesSoAtTheSamePlace() throws IOException {
    // given
    IOException lost = new IOException("connection lost");
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw lost;
          }

          @Override
          public int read(byte[] buffer, int offset, int count) throws IOException {
            throw lost;
          }
        };
    InputStream unread = new UnreadStream(new byte[] {1, 2, 0, 0}, 2, broken);

    // when
    int first = unread.read();
    int second = unread.read();

    // then
    assertThat(first).isEqualTo(1);
    assertThat(second).isEqualTo(2);
    assertThatThrownBy(unread::read).isSameAs(lost);
  }

  @Test
  void anArrayIsNotOverrun() throws IOException {
    // given
    InputStream unread = unread(new byte[10], 5);

    // when, then
    assertThatThrownBy(() -> unread.read(new byte[3], 1, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> unread.read(new byte[3], -1, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> unread.read(new byte[3], 0, -1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(unread.markSupported()).isFalse();
    assertThat(unread.readAllBytes()).hasSize(10);
  }

  private static InputStream unread(byte[] body, int looked) {
    InputStream rest = new ByteArrayInputStream(body, looked, body.length - looked);
    return new UnreadStream(Arrays.copyOf(body, looked + 3), looked, rest);
  }
}

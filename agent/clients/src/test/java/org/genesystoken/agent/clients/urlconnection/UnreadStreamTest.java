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

class UnreadStreamTest {
  @Property(tries = 500)
  void howeverItIsReadTheBytesAreThoseOfTheBody(
      @ForAll @IntRange(max = 600) int size,
      @ForAll @IntRange(max = 600) int looked,
      @ForAll long seed)
      throws IOException {
    // given
    Random random = new Random(seed);
    byte[] body = new byte[size];
    random.nextBytes(body);
    InputStream unread = unread(body, Math.min(looked, size));
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    ByteArrayOutputStream read = new ByteArrayOutputStream();

    // when
    int position = 0;
    boolean ended = false;
    while (!ended) {
      assertThat(unread.available()).isEqualTo(size - position);
      int count = random.nextInt(90);
      int moved;
      switch (random.nextInt(4)) {
        case 0:
          int one = unread.read();
          ended = one < 0;
          moved = ended ? 0 : 1;
          if (!ended) {
            read.write(one);
            expected.write(body[position]);
          }
          break;
        case 1:
          moved = (int) unread.skip(count);
          assertThat(moved).isBetween(0, count);
          break;
        case 2:
          byte[] whole = unread.readNBytes(count);
          moved = whole.length;
          assertThat(moved).isEqualTo(Math.min(count, size - position));
          read.write(whole);
          expected.write(body, position, moved);
          break;
        default:
          byte[] buffer = new byte[count + 10];
          int got = unread.read(buffer, 5, count);
          ended = got < 0;
          moved = Math.max(got, 0);
          assertThat(moved).isLessThanOrEqualTo(count);
          assertThat(ended || count == 0 || moved > 0).isTrue();
          assertThat(Arrays.copyOfRange(buffer, 5 + moved, buffer.length)).containsOnly(0);
          read.write(buffer, 5, moved);
          expected.write(body, position, moved);
          break;
      }
      position += moved;
    }

    // then
    assertThat(position).isEqualTo(size);
    assertThat(read.toByteArray()).isEqualTo(expected.toByteArray());
    assertThat(unread.read()).isNegative();
  }

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

  @ParameterizedTest
  @ValueSource(ints = {0, Integer.MAX_VALUE - 1, Integer.MAX_VALUE})
  void whatIsAvailableIsNeverNegative(int ofBody) throws IOException {
    // given
    InputStream body =
        new FilterInputStream(InputStream.nullInputStream()) {
          @Override
          public int available() {
            return ofBody;
          }
        };

    // when
    int available = new UnreadStream(new byte[8192], 8192, body).available();

    // then
    assertThat(available).isGreaterThanOrEqualTo(8192);
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

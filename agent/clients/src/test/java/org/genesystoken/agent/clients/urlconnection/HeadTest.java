package org.genesystoken.agent.clients.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.genesystoken.agent.core.policy.TokenPolicy;
import org.junit.jupiter.api.Test;

class HeadTest {
  private final Connection connection = new Connection();

  @Test
  void a_short_body_is_whole_and_can_be_read_again() throws Exception {
    byte[] body = bytes(100);

    Head head = Head.read(new ByteArrayInputStream(body), -1, connection);

    assertThat(head.isWhole()).isTrue();
    assertThat(bytes(head.stream())).isEqualTo(body);
  }

  @Test
  void the_time_out_of_a_connection_that_was_read_to_its_end_is_another_calls() {
    connection.timeout = 60000;

    Head.read(new ByteArrayInputStream(bytes(100)), 100, connection);

    assertThat(connection.set).containsExactly(2000);
  }

  @Test
  void a_body_of_known_length_is_not_read_beyond_it() {
    InputStream keptOpen =
        new SequenceInputStream(new ByteArrayInputStream(bytes(100)), new Stalled());

    Head head = Head.read(keptOpen, 100, connection);

    assertThat(head.isWhole()).isTrue();
  }

  @Test
  void a_body_that_stalls_is_handed_on_with_the_time_out_that_it_had() throws Exception {
    // given a body that stalls after some bytes
    byte[] body = bytes(100);
    Stalled rest = new Stalled();
    InputStream slow = new SequenceInputStream(new ByteArrayInputStream(body), rest);

    // when
    Head head = Head.read(slow, -1, connection);

    // then it is not known, and nothing of it is lost
    assertThat(head.isWhole()).isFalse();
    assertThat(connection.set).containsExactly(2000, -1);
    rest.goesOn = true;
    assertThat(bytes(head.before(slow))).startsWith(body).hasSize(101);
  }

  @Test
  void the_apps_own_time_out_is_not_stretched() {
    connection.timeout = 300;

    Head.read(new Stalled(), -1, connection);

    assertThat(connection.set).containsExactly(300, 300);
  }

  @Test
  void a_long_body_is_read_to_the_limit_and_handed_on() throws Exception {
    byte[] body = bytes(3 * TokenPolicy.BODY_LIMIT);
    InputStream rest = new ByteArrayInputStream(body);

    Head head = Head.read(rest, body.length, connection);

    assertThat(head.isWhole()).isFalse();
    assertThat(rest.available()).isEqualTo(2 * TokenPolicy.BODY_LIMIT);
    assertThat(bytes(head.before(rest))).isEqualTo(body);
  }

  @Test
  void no_body_is_a_whole_one() {
    assertThat(Head.read(null, -1, connection).isWhole()).isTrue();
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 7);
    }
    return bytes;
  }

  private static byte[] bytes(InputStream in) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[1000];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      out.write(buffer, 0, read);
    }
    return out.toByteArray();
  }

  /** As the JDK's: -1 is its default. */
  private static final class Connection implements Head.ReadTimeout {
    private final List<Integer> set = new ArrayList<>();
    private int timeout = -1;

    @Override
    public int millis() {
      return timeout;
    }

    @Override
    public void millis(int millis) {
      set.add(millis);
    }
  }

  /** Times out until it goes on, with one byte. */
  private static final class Stalled extends InputStream {
    private boolean goesOn;
    private boolean ended;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0];
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (!goesOn) {
        throw new SocketTimeoutException();
      }
      if (ended) {
        return -1;
      }
      ended = true;
      Arrays.fill(buffer, offset, offset + 1, (byte) 1);
      return 1;
    }
  }
}

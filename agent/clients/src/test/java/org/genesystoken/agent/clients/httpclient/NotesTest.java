package org.genesystoken.agent.clients.httpclient;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;

class NotesTest {
  private final Notes notes = new Notes();

  @Test
  void aNoteIsOfOneObjectHoweverLikeAnotherItIs() {
    // given
    String one = new String("equal");
    String other = new String("equal");

    // when
    notes.put(one, "of one");

    // then
    assertThat(notes.get(one)).isEqualTo("of one");
    assertThat(notes.get(other)).isNull();

    // and when
    notes.put(one, "later");
    assertThat(notes.get(one)).isEqualTo("later");
    notes.put(one, null);

    // then
    assertThat(notes.get(one)).isNull();
  }

  @Test
  void aNoteGoesWithItsObject() {
    // given
    Object note = new Object();
    notes.put(new Object(), note);
    WeakReference<Object> kept = new WeakReference<>(note);
    note = null;

    // when: others come
    for (int i = 0; i < 100 && kept.get() != null; i++) {
      System.gc();
      notes.put(new Object(), "another");
    }

    // then
    assertThat(kept.get()).isNull();
  }
}

package org.genesystoken.agent.clients.httpclient;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is noted of objects whose class was loaded before the agent came, and so has no field of
 * ours: by identity, while the object lives. A note that leads to its object, as that of a refused
 * hop does until it is read, keeps it. Thread-safe.
 */
final class Notes {
  private final Map<Key, Object> notes = new ConcurrentHashMap<>();
  private final ReferenceQueue<Object> gone = new ReferenceQueue<>();

  /** The note of an object, or null. */
  Object get(Object of) {
    return notes.get(new Key(of, null));
  }

  /**
   * @param note null: the one that there may be is forgotten
   */
  void put(Object of, Object note) {
    for (Reference<?> dead = gone.poll(); dead != null; dead = gone.poll()) {
      notes.remove(dead);
    }
    if (note == null) {
      notes.remove(new Key(of, null));
    } else {
      notes.put(new Key(of, gone), note);
    }
  }

  private static final class Key extends WeakReference<Object> {
    private final int hash;

    Key(Object of, ReferenceQueue<Object> gone) {
      super(of, gone);
      hash = System.identityHashCode(of);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(Object other) {
      Object of = get();
      return this == other || (of != null && other instanceof Key && ((Key) other).get() == of);
    }
  }
}

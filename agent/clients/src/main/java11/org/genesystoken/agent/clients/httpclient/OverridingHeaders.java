package org.genesystoken.agent.clients.httpclient;

import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * An app's headers with the token in the place of its own Authorization. The map is of the same
 * classes as the JDK's: with others among them the JVM's compiler makes slower code of the JDK's,
 * for each call. Immutable.
 */
final class OverridingHeaders {
  /** By name and by values, in the map's order; null: not to be found again. */
  private final List<String> names;

  private final List<List<String>> values;
  private final HttpHeaders headers;

  /**
   * @param app with an Authorization
   * @param again whether {@link #isOf} is to know later headers that are the same
   */
  OverridingHeaders(Map<String, List<String>> app, String authorization, boolean again) {
    Map<String, List<String>> overridden = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    app.forEach(overridden::put);
    // under the name as the app has written it
    overridden.put(SystemHeaders.NAME, List.of(authorization));
    names = again ? new ArrayList<>(app.keySet()) : null;
    values = again ? new ArrayList<>(app.values()) : null;
    HttpHeaders asTheyAre = Internals.headers(Collections.unmodifiableMap(overridden));
    headers = asTheyAre == null ? HttpHeaders.of(overridden, (name, any) -> true) : asTheyAre;
  }

  HttpHeaders headers() {
    return headers;
  }

  /** Whether these are what an app's headers become. */
  boolean isOf(Map<String, List<String>> app) {
    if (names == null) {
      return false;
    }
    Comparison comparison = new Comparison();
    app.forEach(comparison);
    return comparison.isSame();
  }

  /** One object, where iterators would be several, for each call. */
  private final class Comparison implements BiConsumer<String, List<String>> {
    private int same;

    boolean isSame() {
      return same == names.size();
    }

    @Override
    public void accept(String name, List<String> ofApp) {
      boolean goesOn = same >= 0 && same < names.size();
      same = goesOn && names.get(same).equals(name) && isSame(name, ofApp) ? same + 1 : -1;
    }

    private boolean isSame(String name, List<String> ofApp) {
      return SystemHeaders.NAME.equalsIgnoreCase(name) || areEqual(values.get(same), ofApp);
    }
  }

  private static boolean areEqual(List<String> some, List<String> others) {
    int size = some.size();
    if (others.size() != size) {
      return false;
    }
    for (int i = 0; i < size; i++) {
      if (!some.get(i).equals(others.get(i))) {
        return false;
      }
    }
    return true;
  }
}

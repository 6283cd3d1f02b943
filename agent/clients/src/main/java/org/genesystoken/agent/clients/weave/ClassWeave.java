package org.genesystoken.agent.clients.weave;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * One class to weave: which methods, and which fields must be there for the weave to make sense.
 */
public final class ClassWeave {
  private final String name;
  private final List<String> fields;
  private final List<MethodWeave> methods;

  private ClassWeave(String name, List<String> fields, List<MethodWeave> methods) {
    this.name = name;
    this.fields = fields;
    this.methods = methods;
  }

  /**
   * A weave of a class.
   *
   * @param name the class's internal name
   * @param methods all of them have to be found, or the class is left alone
   */
  public static ClassWeave of(String name, MethodWeave... methods) {
    return new ClassWeave(name, Collections.<String>emptyList(), Arrays.asList(methods));
  }

  /**
   * The same, of a class with certain fields only.
   *
   * @param fields {@code name:descriptor} of each field that woven code or its hooks read or write
   */
  public ClassWeave needing(String... fields) {
    return new ClassWeave(name, Arrays.asList(fields), methods);
  }

  /** The class's internal name. */
  public String name() {
    return name;
  }

  List<String> fields() {
    return fields;
  }

  List<MethodWeave> methods() {
    return methods;
  }
}

package org.genesystoken.agent.clients.weave;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One class to weave: which methods, and which fields must be there for the weave to make sense.
 */
public final class ClassWeave {
  private final String name;
  private final List<String> fields;
  private final List<MethodWeave> methods;
  private final Map<String, List<String>> references;

  /** Null: none. */
  private final String added;

  private ClassWeave(
      String name,
      List<String> fields,
      List<MethodWeave> methods,
      Map<String, List<String>> references,
      String added) {
    this.name = name;
    this.fields = fields;
    this.methods = methods;
    this.references = references;
    this.added = added;
  }

  /**
   * A weave of a class.
   *
   * @param name the class's internal name
   * @param methods all of them have to be found, but optional ones, or the class is left alone
   */
  public static ClassWeave of(String name, MethodWeave... methods) {
    return new ClassWeave(
        name,
        Collections.<String>emptyList(),
        Arrays.asList(methods),
        Collections.<String, List<String>>emptyMap(),
        null);
  }

  /**
   * The same, of a class with certain fields only.
   *
   * @param fields {@code name:descriptor} of each field that woven code or its hooks read or write
   */
  public ClassWeave needing(String... fields) {
    return new ClassWeave(name, Arrays.asList(fields), methods, references, added);
  }

  /**
   * The same, where woven code uses another class's members too.
   *
   * @param type that class's internal name
   * @param members {@code name:descriptor} of each field, name and descriptor of each method
   */
  public ClassWeave using(String type, String... members) {
    Map<String, List<String>> more = new HashMap<>(references);
    more.put(type, Arrays.asList(members));
    return new ClassWeave(name, fields, methods, more, added);
  }

  /**
   * The same, with a field of ours, of type {@code Object}: a place for what a hook notes of an
   * instance. A class that was loaded before the agent came cannot be given one.
   */
  public ClassWeave adding(String field) {
    return new ClassWeave(name, fields, methods, references, field);
  }

  /** The class's internal name. */
  public String name() {
    return name;
  }

  List<String> fields() {
    return fields;
  }

  /** Members of other classes, by the class's internal name. */
  Map<String, List<String>> references() {
    return references;
  }

  /** The name of a field of ours, or null. */
  String added() {
    return added;
  }

  List<MethodWeave> methods() {
    return methods;
  }
}

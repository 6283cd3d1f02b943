package org.genesystoken.agent.core.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;

/** Reads the top level of a JSON object. Stateless. */
public final class Json {
  // Without a recycler pool: the default one leaves a thread-local, and with it the agent's class
  // loader, on every thread of the app that reads an answer.
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder().recyclerPool(JsonRecyclerPools.nonRecyclingPool()).build();

  private Json() {}

  /** Gets the scalar members of the object. */
  public interface Visitor {
    /**
     * One member whose value is a string or a number.
     *
     * @param value the string, or the number as it is written
     * @return false: enough seen
     */
    boolean member(String name, String value);
  }

  /**
   * Hands the members over as they come, so that the visitor has seen those before a syntax error.
   *
   * @throws IOException for anything but one whole JSON object; its message may quote the input, so
   *     it must not be shown
   */
  public static void visit(byte[] json, int length, Visitor visitor) throws IOException {
    try (JsonParser parser = FACTORY.createParser(json, 0, length)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("not a JSON object");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (value == JsonToken.VALUE_STRING || (value != null && value.isNumeric())) {
          if (!visitor.member(name, parser.getText())) {
            return;
          }
        } else {
          parser.skipChildren();
        }
      }
    }
  }
}

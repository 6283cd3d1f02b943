package sun.net.www;

/**
 * An outline of the JDK's class, for the compiler only: {@code --release 8} hides the real one. It
 * is never packaged; at run time the JDK's own class is used.
 */
public abstract class MessageHeader {
  public abstract String findValue(String key);

  public abstract String getKey(int index);

  public abstract String getValue(int index);

  public abstract void add(String key, String value);

  public abstract void set(String key, String value);

  public abstract void remove(String key);

  public abstract void reset();

  public abstract java.util.Iterator<String> multiValueIterator(String key);
}

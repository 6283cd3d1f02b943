package sun.net.www;

/**
 * An outline of the JDK's class, for the compiler only: {@code --release 8} hides the real one. It
 * is never packaged; at run time the JDK's own class is used. The methods are native for want of
 * bodies.
 */
public class MessageHeader {
  public native String findValue(String key);

  public native String getKey(int index);

  public native String getValue(int index);

  public native void add(String key, String value);

  public native void set(String key, String value);

  public native void remove(String key);

  public native void reset();

  public native java.util.Iterator<String> multiValueIterator(String key);
}

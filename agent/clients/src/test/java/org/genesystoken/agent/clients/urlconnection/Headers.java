package org.genesystoken.agent.clients.urlconnection;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import sun.net.www.MessageHeader;

/** Makes the JDK's own headers, whose class the compiler knows as an abstract outline only. */
final class Headers {
  private Headers() {}

  static MessageHeader none() throws ReflectiveOperationException {
    return MessageHeader.class.getConstructor().newInstance();
  }

  /** Headers with one Authorization, or none if that is null. */
  static MessageHeader authorization(String value) throws ReflectiveOperationException {
    MessageHeader headers = none();
    headers.set("Host", "api.mypurecloud.ie");
    if (value != null) {
      headers.set("Authorization", value);
    }
    return headers;
  }

  /** As the JDK reads them off the wire: the status line is the first value, without a name. */
  static MessageHeader response(String... lines) throws ReflectiveOperationException {
    String text = String.join("\r\n", lines) + "\r\n\r\n";
    return MessageHeader.class
        .getConstructor(InputStream.class)
        .newInstance(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
  }
}

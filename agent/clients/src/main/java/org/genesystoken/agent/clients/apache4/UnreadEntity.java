package org.genesystoken.agent.clients.apache4;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.http.HttpEntity;
import org.apache.http.entity.HttpEntityWrapper;

/** The library's entity, but for the stream. One thread. */
final class UnreadEntity extends HttpEntityWrapper {
  private final InputStream content;

  UnreadEntity(HttpEntity entity, InputStream content) {
    super(entity);
    this.content = content;
  }

  @Override
  public InputStream getContent() {
    return content;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    try (InputStream in = content) {
      byte[] buffer = new byte[8192];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
      }
    }
  }

  @Override
  public String toString() {
    return wrappedEntity.toString();
  }
}

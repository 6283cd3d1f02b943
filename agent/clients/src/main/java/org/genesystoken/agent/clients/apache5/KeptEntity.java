package org.genesystoken.agent.clients.apache5;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.genesystoken.agent.clients.body.KeptBody;

/** The app's entity, whose body is kept while it is sent. One thread. */
final class KeptEntity extends HttpEntityWrapper {
  private final HttpEntity entity;
  private final KeptBody body;

  KeptEntity(HttpEntity entity, KeptBody body) {
    super(entity);
    this.entity = entity;
    this.body = body;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    body.write(entity::writeTo, out);
  }
}

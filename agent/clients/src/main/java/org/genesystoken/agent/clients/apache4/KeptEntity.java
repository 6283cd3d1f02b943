package org.genesystoken.agent.clients.apache4;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.http.HttpEntity;
import org.apache.http.HttpEntityEnclosingRequest;
import org.apache.http.entity.HttpEntityWrapper;
import org.genesystoken.agent.clients.body.KeptBody;

/** The app's entity, whose body is kept while it is sent. One thread. */
final class KeptEntity extends HttpEntityWrapper {
  private final KeptBody body;

  KeptEntity(HttpEntity entity, KeptBody body) {
    super(entity);
    this.body = body;
  }

  /**
   * Has the body of a request kept while it is sent, if it can be read once only.
   *
   * @param limit how many bytes are kept at most
   * @return null: it can be sent again as it is
   */
  static KeptBody keep(HttpEntityEnclosingRequest request, int limit) {
    HttpEntity entity = request.getEntity();
    // Of a body that can be read once the library may say that it is repeatable until it was read.
    if (entity == null || (entity.isRepeatable() && !entity.isStreaming())) {
      return null;
    }
    KeptBody kept = new KeptBody(limit);
    request.setEntity(new KeptEntity(entity, kept));
    return kept;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    body.write(wrappedEntity::writeTo, out);
  }
}

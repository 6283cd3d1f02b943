package org.genesystoken.agent.clients.asynchttpclient;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import org.asynchttpclient.Request;
import org.asynchttpclient.netty.NettyResponseFuture;
import org.asynchttpclient.request.body.generator.BodyGenerator;
import org.asynchttpclient.request.body.generator.ByteArrayBodyGenerator;
import org.asynchttpclient.request.body.generator.FileBodyGenerator;
import org.asynchttpclient.request.body.multipart.ByteArrayPart;
import org.asynchttpclient.request.body.multipart.FilePart;
import org.asynchttpclient.request.body.multipart.Part;
import org.asynchttpclient.request.body.multipart.StringPart;

/** Whether the library can write a request's body once more, byte for byte. */
final class RequestBody {
  private RequestBody() {}

  static boolean isRepeatable(NettyResponseFuture<?> future) {
    Request request = future.getCurrentRequest();
    if (request.getByteData() != null
        || request.getCompositeByteData() != null
        || request.getStringData() != null
        || request.getByteBufferData() != null) {
      return true;
    }
    if (request.getStreamData() != null) {
      // The library would reset it, if it can: to wherever the app has last marked it.
      return false;
    }
    if (!request.getFormParams().isEmpty()) {
      return true;
    }
    if (!request.getBodyParts().isEmpty()) {
      return areRepeatable(request.getBodyParts());
    }
    BodyGenerator generator = request.getBodyGenerator();
    return request.getFile() != null
        || generator instanceof FileBodyGenerator
        || generator instanceof ByteArrayBodyGenerator
        || (generator == null && isEmpty(future.getNettyRequest().getHttpRequest().headers()));
  }

  private static boolean areRepeatable(List<Part> parts) {
    for (Part part : parts) {
      if (!(part instanceof StringPart
          || part instanceof ByteArrayPart
          || part instanceof FilePart)) {
        return false;
      }
    }
    return true;
  }

  /** Newer versions of the library know more kinds of bodies, which this cannot ask for. */
  private static boolean isEmpty(HttpHeaders written) {
    String length = written.get(HttpHeaderNames.CONTENT_LENGTH);
    return (length == null || length.equals("0"))
        && !written.contains(HttpHeaderNames.TRANSFER_ENCODING);
  }
}

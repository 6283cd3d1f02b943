package org.genesystoken.it.consumers;

import com.google.api.client.http.ByteArrayContent;
import com.google.api.client.http.GenericUrl;
import com.google.api.client.http.HttpRequest;
import com.google.api.client.http.HttpResponse;
import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.apache.v2.ApacheHttpTransport;
import com.google.api.client.http.javanet.NetHttpTransport;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Google's HTTP client. */
public final class GoogleConsumer extends Consumer {
  private final HttpTransport transport;

  private GoogleConsumer(HttpTransport transport) {
    this.transport = transport;
  }

  public static GoogleConsumer of(String client) {
    return new GoogleConsumer(
        client.equals("apache") ? new ApacheHttpTransport() : new NetHttpTransport());
  }

  @Override
  protected Answer exchange(Request request) throws IOException {
    HttpRequest call =
        transport
            .createRequestFactory()
            .buildRequest(
                request.method,
                new GenericUrl(request.url),
                request.json == null
                    ? null
                    : ByteArrayContent.fromString("application/json", request.json));
    call.getHeaders().setAuthorization(request.authorization);
    call.setInterceptor(sent -> seen());
    call.setThrowExceptionOnExecuteError(false);
    HttpResponse answer = call.execute();
    try {
      Map<String, List<String>> headers = new TreeMap<>();
      for (String name : answer.getHeaders().keySet()) {
        headers.put(name, answer.getHeaders().getHeaderStringValues(name));
      }
      return new Answer(answer.getStatusCode(), headers, answer.parseAsString());
    } finally {
      answer.disconnect();
    }
  }
}

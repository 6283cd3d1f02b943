package org.genesystoken.it.consumers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.ws.rs.client.Client;
import javax.ws.rs.client.ClientBuilder;
import javax.ws.rs.client.ClientRequestFilter;
import javax.ws.rs.client.Entity;
import javax.ws.rs.client.Invocation;
import javax.ws.rs.core.Response;
import org.glassfish.jersey.apache.connector.ApacheConnectorProvider;
import org.glassfish.jersey.client.ClientConfig;

/** Jersey's client. */
public final class JerseyConsumer extends Consumer {
  private final Client client;

  private JerseyConsumer(ClientConfig config) {
    client = ClientBuilder.newClient(config.register((ClientRequestFilter) context -> seen()));
  }

  public static JerseyConsumer of(String client) {
    ClientConfig config = new ClientConfig();
    return new JerseyConsumer(
        client.equals("apache") ? config.connectorProvider(new ApacheConnectorProvider()) : config);
  }

  @Override
  protected Answer exchange(Request request) {
    Invocation.Builder call =
        client.target(request.url).request().header("Authorization", request.authorization);
    try (Response answer =
        request.json == null
            ? call.method(request.method)
            : call.method(request.method, Entity.json(request.json))) {
      Map<String, List<String>> headers = new TreeMap<>();
      answer
          .getStringHeaders()
          .forEach((name, values) -> headers.put(name, new ArrayList<>(values)));
      return new Answer(answer.getStatus(), headers, answer.readEntity(String.class));
    }
  }
}

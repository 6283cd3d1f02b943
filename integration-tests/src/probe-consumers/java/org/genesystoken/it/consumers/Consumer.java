package org.genesystoken.it.consumers;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.genesystoken.it.probe.Call;
import org.genesystoken.it.probe.HttpCaller;
import org.genesystoken.it.probe.Outcome;

/** A library over the client that it was made with. One thread. */
public abstract class Consumer implements HttpCaller {
  private final AtomicInteger seen = new AtomicInteger();

  /** One call of the app. */
  protected static final class Request {
    public final String method;
    public final String url;
    public final String authorization;

    /** Null: none. */
    public final String json;

    Request(Call call) {
      method = call.get("method", "GET");
      url = call.get("url", null);
      authorization = call.get("header", "").replace("Authorization: ", "");
      json = call.hasBody() ? new String(call.body(), StandardCharsets.UTF_8) : null;
    }
  }

  /** What the app got. */
  protected static final class Answer {
    private final int status;
    private final Map<String, List<String>> headers;
    private final String body;

    public Answer(int status, Map<String, List<String>> headers, String body) {
      this.status = status;
      this.headers = headers;
      this.body = body;
    }
  }

  /** Makes the call as the library wants it to be made. */
  protected abstract Answer exchange(Request request) throws Exception;

  /** To be said by whatever the library offers to look at requests with. */
  protected final void seen() {
    seen.incrementAndGet();
  }

  @Override
  public final void call(Call call, Outcome outcome) throws Exception {
    seen.set(0);
    try {
      Answer answer = exchange(new Request(call));
      outcome.add("code", answer.status);
      outcome.headers("header", answer.headers);
      outcome.add("body", answer.body);
    } finally {
      outcome.add("seen by the app's interceptor", seen);
    }
  }

  @Override
  public final String status(Call call) throws Exception {
    return String.valueOf(exchange(new Request(call)).status);
  }
}

package com.example.legacy;

import com.mypurecloud.sdk.v2.ApiClient;
import com.mypurecloud.sdk.v2.ApiException;
import com.mypurecloud.sdk.v2.api.AnalyticsApi;
import com.mypurecloud.sdk.v2.api.UsersApi;
import com.mypurecloud.sdk.v2.model.ConversationQuery;
import com.mypurecloud.sdk.v2.model.PagingSpec;
import java.io.IOException;

/**
 * {@link ConversationReport} by means of Genesys' own SDK, which goes through Apache HttpClient.
 *
 * <p>Usage: {@code API_TOKEN=... java com.example.legacy.SdkConversationReport <base URL>
 * <seconds>}. Prints a line per call: method, path, status (0: no answer).
 */
public final class SdkConversationReport {
  private final UsersApi users;
  private final AnalyticsApi analytics;

  private SdkConversationReport(ApiClient client) {
    users = new UsersApi(client);
    analytics = new AnalyticsApi(client);
  }

  @SuppressWarnings("try") // ApiClient.close may throw anything, as it is declared
  public static void main(String[] args) throws Exception {
    String token = System.getenv("API_TOKEN");
    if (args.length != 2 || token == null) {
      System.err.println("Usage: API_TOKEN=... SdkConversationReport <base URL> <seconds>");
      System.exit(2);
    }
    // a token from the configuration comes with nothing that the SDK could refresh it by
    try (ApiClient client =
        ApiClient.Builder.standard()
            .withBasePath(args[0])
            .withAccessToken(token)
            .withShouldRefreshAccessToken(false)
            .build()) {
      new SdkConversationReport(client).run(Integer.parseInt(args[1]));
    }
  }

  private void run(int seconds) throws InterruptedException {
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    for (int i = 0; System.nanoTime() < end; i++) {
      if (i % 2 == 0) {
        report("GET /api/v2/users/me", () -> users.getUsersMe(null, null));
      } else {
        report(
            "POST /api/v2/analytics/conversations/details/query",
            () -> analytics.postAnalyticsConversationsDetailsQuery(query()));
      }
      Thread.sleep(250);
    }
  }

  private static ConversationQuery query() {
    ConversationQuery query = new ConversationQuery();
    query.setInterval("2016-03-01T00:00:00Z/2016-03-02T00:00:00Z");
    query.setOrder(ConversationQuery.OrderEnum.ASC);
    query.setPaging(new PagingSpec().pageSize(25).pageNumber(1));
    return query;
  }

  private static void report(String call, SdkCall sdk) {
    int status;
    try {
      sdk.make();
      status = 200;
    } catch (ApiException e) {
      status = e.getStatusCode();
    } catch (IOException e) {
      System.err.println(e);
      status = 0;
    }
    System.out.println(call + " " + status);
  }

  private interface SdkCall {
    Object make() throws IOException, ApiException;
  }
}

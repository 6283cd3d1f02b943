package org.genesystoken.it.sdk;

import com.mypurecloud.sdk.v2.ApiClient;
import com.mypurecloud.sdk.v2.AsyncApiCallback;
import com.mypurecloud.sdk.v2.api.AnalyticsApi;
import com.mypurecloud.sdk.v2.api.AnalyticsApiAsync;
import com.mypurecloud.sdk.v2.api.UsersApi;
import com.mypurecloud.sdk.v2.api.UsersApiAsync;
import com.mypurecloud.sdk.v2.api.request.GetUsersMeRequest;
import com.mypurecloud.sdk.v2.api.request.GetUsersRequest;
import com.mypurecloud.sdk.v2.api.request.PostAnalyticsConversationsDetailsQueryRequest;
import com.mypurecloud.sdk.v2.connector.ApiClientConnectorProperty;
import com.mypurecloud.sdk.v2.model.ConversationQuery;
import com.mypurecloud.sdk.v2.model.PagingSpec;
import com.mypurecloud.sdk.v2.model.UserEntityListing;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.genesystoken.it.probe.Call;
import org.genesystoken.it.probe.HttpCaller;
import org.genesystoken.it.probe.Outcome;

/**
 * The SDK with a static token that is long dead. {@code client=} is the class of the connector's
 * provider, {@code what=} one of {@code me}, {@code query} and {@code pages}, {@code way=async} the
 * SDK's asynchronous half. Thread-safe.
 */
@SuppressWarnings("try") // ApiClient.close may throw anything, as it is declared
public final class SdkCaller implements HttpCaller {
  private final String provider;

  private SdkCaller(String provider) {
    this.provider = provider;
  }

  public static SdkCaller of(String provider) {
    return new SdkCaller(provider);
  }

  @Override
  public void call(Call call, Outcome outcome) throws Exception {
    boolean async = "async".equals(call.get("way", null));
    try (ApiClient client = client(call)) {
      switch (call.get("what", "me")) {
        case "me":
          me(client, async, call.getInt("seconds", 30), outcome);
          break;
        case "query":
          query(client, async, outcome);
          break;
        default:
          pages(client, async, outcome);
          break;
      }
    }
  }

  @Override
  public String status(Call call) throws Exception {
    try (ApiClient client = client(call)) {
      return String.valueOf(
          new UsersApi(client).getUsersMeWithHttpInfo(null, null).getStatusCode());
    }
  }

  /** By {@code setAccessToken}, after which the SDK tries to refresh the token by itself. */
  private ApiClient client(Call call) {
    ApiClient client =
        ApiClient.Builder.standard()
            .withBasePath(call.get("url", null))
            .withProperty(ApiClientConnectorProperty.CONNECTOR_PROVIDER, provider)
            .build();
    client.setAccessToken("stale");
    return client;
  }

  private static void me(ApiClient client, boolean async, int seconds, Outcome outcome)
      throws Exception {
    GetUsersMeRequest request = GetUsersMeRequest.builder().build();
    Told told = new Told();
    outcome.add(
        "name",
        async
            ? new UsersApiAsync(client)
                .getUsersMeAsync(request, told.as())
                .get(seconds, TimeUnit.SECONDS)
                .getName()
            : new UsersApi(client).getUsersMe(request).getName());
    told.note(outcome);
  }

  private static void query(ApiClient client, boolean async, Outcome outcome) throws Exception {
    ConversationQuery query = new ConversationQuery();
    query.setInterval("2016-03-01T00:00:00Z/2016-03-02T00:00:00Z");
    query.setPaging(new PagingSpec().pageSize(25).pageNumber(1));
    PostAnalyticsConversationsDetailsQueryRequest request =
        PostAnalyticsConversationsDetailsQueryRequest.builder(query).build();
    Told told = new Told();
    outcome.add(
        "hits",
        async
            ? get(new AnalyticsApiAsync(client)
                    .postAnalyticsConversationsDetailsQueryAsync(request, told.as()))
                .getTotalHits()
            : new AnalyticsApi(client)
                .postAnalyticsConversationsDetailsQuery(request)
                .getTotalHits());
    told.note(outcome);
  }

  private static void pages(ApiClient client, boolean async, Outcome outcome) throws Exception {
    Told told = new Told();
    UserEntityListing page;
    int number = 0;
    do {
      number++;
      GetUsersRequest request =
          GetUsersRequest.builder().withPageSize(25).withPageNumber(number).build();
      page =
          async
              ? get(new UsersApiAsync(client).getUsersAsync(request, told.as()))
              : new UsersApi(client).getUsers(request);
      outcome.add("page", page.getPageNumber());
    } while (number < page.getPageCount());
    told.note(outcome);
  }

  private static <T> T get(Future<T> answer) throws Exception {
    return answer.get(30, TimeUnit.SECONDS);
  }

  /** How often the app's callbacks were called. */
  private static final class Told {
    private final AtomicInteger completed = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    <T> AsyncApiCallback<T> as() {
      return new AsyncApiCallback<T>() {
        @Override
        public void onCompleted(T answer) {
          completed.incrementAndGet();
        }

        @Override
        public void onFailed(Throwable thrown) {
          failed.incrementAndGet();
        }
      };
    }

    void note(Outcome outcome) {
      outcome.add("callbacks", completed + " completed, " + failed + " failed");
    }
  }
}

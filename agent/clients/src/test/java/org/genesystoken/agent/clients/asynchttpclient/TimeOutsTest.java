package org.genesystoken.agent.clients.asynchttpclient;

import static org.assertj.core.api.Assertions.assertThat;

import org.asynchttpclient.AsyncHttpClientConfig;
import org.asynchttpclient.DefaultAsyncHttpClientConfig;
import org.asynchttpclient.RequestBuilder;
import org.asynchttpclient.channel.ChannelPoolPartitioning.PerHostChannelPoolPartitioning;
import org.asynchttpclient.netty.NettyResponseFuture;
import org.genesystoken.agent.core.policy.TokenPolicy;
import org.junit.jupiter.api.Test;

class TimeOutsTest {
  private final TimeOuts timeOuts = new TimeOuts();

  @Test
  void theShorterOneHolds() {
    AsyncHttpClientConfig config = config(50_000, 9_000);
    assertThat(timeOuts.budgetMillis(call(new RequestBuilder()), config)).isEqualTo(9_000);
  }

  @Test
  void theRequestsOwnHoldRatherThanTheClients() {
    AsyncHttpClientConfig config = config(50_000, 9_000);
    RequestBuilder request = new RequestBuilder().setRequestTimeout(30_000).setReadTimeout(60_000);
    assertThat(timeOuts.requestMillis(call(request), config)).isEqualTo(30_000);
    assertThat(timeOuts.budgetMillis(call(request), config)).isBetween(20_000L, 30_000L);
  }

  @Test
  void withoutAnyThereIsNoBudget() {
    AsyncHttpClientConfig config = config(-1, -1);
    assertThat(timeOuts.budgetMillis(call(new RequestBuilder()), config))
        .isEqualTo(TokenPolicy.NO_BUDGET);
  }

  private static AsyncHttpClientConfig config(int request, int read) {
    return new DefaultAsyncHttpClientConfig.Builder()
        .setRequestTimeout(request)
        .setReadTimeout(read)
        .build();
  }

  private static NettyResponseFuture<?> call(RequestBuilder request) {
    return new NettyResponseFuture<>(
        request.setUrl("https://api.mypurecloud.ie/").build(),
        QuietHandler.INSTANCE,
        null,
        0,
        PerHostChannelPoolPartitioning.INSTANCE,
        null,
        null);
  }
}

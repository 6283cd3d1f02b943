package org.genesystoken.it.benchmark;

import com.google.api.client.http.GenericUrl;
import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.OAuth2Credentials;
import com.microsoft.aad.msal4j.ClientCredentialFactory;
import com.microsoft.aad.msal4j.ClientCredentialParameters;
import com.microsoft.aad.msal4j.ConfidentialClientApplication;
import com.microsoft.aad.msal4j.HttpResponse;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.genesystoken.agent.core.config.Secret;
import org.genesystoken.agent.core.endpoint.TokenEndpoint;
import org.genesystoken.agent.core.endpoint.TokenRequestException;
import org.genesystoken.agent.core.endpoint.TokenResponse;
import org.genesystoken.agent.core.time.AgentThreads;
import org.genesystoken.agent.core.time.Scheduler;
import org.genesystoken.agent.core.token.Counters;
import org.genesystoken.agent.core.token.Reports;
import org.genesystoken.agent.core.token.TokenManager;
import org.slf4j.helpers.NOPLogger;
import org.springframework.security.oauth2.client.AuthorizedClientServiceOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.ClientCredentialsOAuth2AuthorizedClientProvider;
import org.springframework.security.oauth2.client.InMemoryOAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.endpoint.OAuth2AccessTokenResponse;
import software.amazon.awssdk.utils.cache.CachedSupplier;
import software.amazon.awssdk.utils.cache.NonBlocking;
import software.amazon.awssdk.utils.cache.RefreshResult;

/** The token managers that are compared, each as its documentation has it. */
enum Library {
  AGENT("this agent", true) {
    @Override
    Source open(Endpoint endpoint, MovableClock clock) {
      Scheduler scheduler = clock.virtual == null ? new AgentThreads() : clock.virtual;
      TokenManager manager = manager(endpoint, clock.agents(), scheduler, 3_000);
      return () -> manager.header(Long.MAX_VALUE);
    }
  },

  GOOGLE("google-auth-library", true) {
    @Override
    Source open(Endpoint endpoint, MovableClock clock) throws Exception {
      OAuth2Credentials credentials =
          new OAuth2Credentials() {
            @Override
            public AccessToken refreshAccessToken() {
              long end = clock.millis() + endpoint.lifeSeconds * 1_000;
              return new AccessToken(endpoint.ask(), new Date(end));
            }
          };
      // no public way to it
      var field = OAuth2Credentials.class.getDeclaredField("clock");
      field.setAccessible(true);
      field.set(credentials, (com.google.api.client.util.Clock) clock::millis);
      URI api = new GenericUrl("https://api.example/").toURI();
      return () -> credentials.getRequestMetadata(api).get("Authorization").get(0);
    }
  },

  AWS("AWS CachedSupplier", true) {
    @Override
    Source open(Endpoint endpoint, MovableClock clock) {
      // margins and strategy as StsCredentialsProvider has them
      CachedSupplier<String> supplier =
          CachedSupplier.<String>builder(
                  () -> {
                    Instant end = clock.instant().plusSeconds(endpoint.lifeSeconds);
                    return RefreshResult.builder(endpoint.ask())
                        .staleTime(end.minus(Duration.ofMinutes(1)))
                        .prefetchTime(end.minus(Duration.ofMinutes(5)))
                        .build();
                  })
              .prefetchStrategy(new NonBlocking("benchmark"))
              .clock(clock)
              .build();
      return supplier::get;
    }
  },

  SPRING("Spring Security", true) {
    @Override
    Source open(Endpoint endpoint, MovableClock clock) {
      ClientRegistration registration =
          ClientRegistration.withRegistrationId("genesys")
              .clientId("id")
              .clientSecret("secret")
              .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
              .tokenUri("https://login.example/oauth/token")
              .build();
      var registrations = new InMemoryClientRegistrationRepository(registration);
      var provider = new ClientCredentialsOAuth2AuthorizedClientProvider();
      provider.setClock(clock);
      provider.setAccessTokenResponseClient(
          request -> {
            long behind = System.currentTimeMillis() - clock.millis();
            // the response counts from the system's clock
            return OAuth2AccessTokenResponse.withToken(endpoint.ask())
                .tokenType(OAuth2AccessToken.TokenType.BEARER)
                .expiresIn(endpoint.lifeSeconds - behind / 1_000)
                .build();
          });
      var manager =
          new AuthorizedClientServiceOAuth2AuthorizedClientManager(
              registrations, new InMemoryOAuth2AuthorizedClientService(registrations));
      manager.setAuthorizedClientProvider(provider);
      OAuth2AuthorizeRequest request =
          OAuth2AuthorizeRequest.withClientRegistrationId("genesys").principal("app").build();
      return () -> manager.authorize(request).getAccessToken().getTokenValue();
    }
  },

  MSAL("MSAL4J", false) {
    @Override
    Source open(Endpoint endpoint, MovableClock clock) throws Exception {
      ConfidentialClientApplication application =
          ConfidentialClientApplication.builder("id", ClientCredentialFactory.createFromSecret("s"))
              .authority("https://login.microsoftonline.com/tenant/")
              .instanceDiscovery(false)
              .disableInternalRetries()
              .httpClient(
                  request -> {
                    HttpResponse response = new HttpResponse().statusCode(200);
                    response.addHeaders(Map.of("Content-Type", List.of("application/json")));
                    return response.body(
                        "{\"token_type\":\"Bearer\",\"access_token\":\""
                            + endpoint.ask()
                            + "\",\"expires_in\":"
                            + endpoint.lifeSeconds
                            + (endpoint.lifeSeconds < 600 ? ",\"refresh_in\":1" : "")
                            + "}");
                  })
              .build();
      ClientCredentialParameters parameters =
          ClientCredentialParameters.builder(Set.of("scope/.default")).build();
      return () -> application.acquireToken(parameters).get().accessToken();
    }
  };

  final String title;

  /** Whether its clock can be moved. */
  final boolean movable;

  Library(String title, boolean movable) {
    this.title = title;
    this.movable = movable;
  }

  /** A new, cold one. */
  abstract Source open(Endpoint endpoint, MovableClock clock) throws Exception;

  /** Where an app's call gets its token from. */
  interface Source {
    /** Null: none, the call goes on without. */
    String token() throws Exception;
  }

  static TokenManager manager(
      Endpoint endpoint,
      org.genesystoken.agent.core.time.Clock clock,
      Scheduler scheduler,
      long waitMillis) {
    TokenEndpoint asked =
        () -> {
          try {
            return new TokenResponse(new Secret(endpoint.ask()), endpoint.lifeSeconds * 1_000);
          } catch (IllegalStateException e) {
            throw TokenRequestException.temporary(e.getMessage());
          }
        };
    return new TokenManager(
        asked,
        clock,
        scheduler,
        new Random(1),
        waitMillis,
        20_000,
        -1,
        null,
        new Reports(NOPLogger.NOP_LOGGER, "", clock),
        new Counters());
  }

  /** The system's clock, moved; with virtual time: that alone. */
  static final class MovableClock extends Clock {
    final VirtualTime virtual;
    volatile long moved;

    MovableClock(VirtualTime virtual) {
      this.virtual = virtual;
    }

    org.genesystoken.agent.core.time.Clock agents() {
      return virtual != null
          ? virtual
          : new org.genesystoken.agent.core.time.Clock() {
            @Override
            public long nanoTime() {
              return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(moved);
            }

            @Override
            public long currentTimeMillis() {
              return millis();
            }
          };
    }

    @Override
    public long millis() {
      return virtual != null ? virtual.currentTimeMillis() : System.currentTimeMillis() + moved;
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(millis());
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}

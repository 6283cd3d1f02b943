package org.genesystoken.it.consumers;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.RequestBody;
import okhttp3.ResponseBody;
import retrofit2.Call;
import retrofit2.Response;
import retrofit2.Retrofit;
import retrofit2.http.Body;
import retrofit2.http.GET;
import retrofit2.http.Header;
import retrofit2.http.POST;
import retrofit2.http.Url;

/** Retrofit. */
public final class RetrofitConsumer extends Consumer {
  private final Api api;

  private RetrofitConsumer() {
    api =
        new Retrofit.Builder()
            .baseUrl("http://127.0.0.1/")
            .client(
                new OkHttpClient.Builder()
                    .addInterceptor(
                        chain -> {
                          seen();
                          return chain.proceed(chain.request());
                        })
                    .build())
            .build()
            .create(Api.class);
  }

  public static RetrofitConsumer of(String client) {
    return new RetrofitConsumer();
  }

  @Override
  protected Answer exchange(Request request) throws IOException {
    Response<ResponseBody> answer =
        (request.json == null
                ? api.get(request.url, request.authorization)
                : api.post(
                    request.url,
                    request.authorization,
                    RequestBody.create(MediaType.parse("application/json"), request.json)))
            .execute();
    try (ResponseBody body = answer.isSuccessful() ? answer.body() : answer.errorBody()) {
      return new Answer(answer.code(), answer.headers().toMultimap(), body.string());
    }
  }

  interface Api {
    @GET
    Call<ResponseBody> get(@Url String url, @Header("Authorization") String authorization);

    @POST
    Call<ResponseBody> post(
        @Url String url, @Header("Authorization") String authorization, @Body RequestBody json);
  }
}

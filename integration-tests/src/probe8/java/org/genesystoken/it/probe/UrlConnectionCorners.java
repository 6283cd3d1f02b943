package org.genesystoken.it.probe;

import java.io.IOException;
import java.io.InputStream;
import java.net.CacheRequest;
import java.net.CacheResponse;
import java.net.CookieHandler;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.HttpURLConnection;
import java.net.ResponseCache;
import java.net.URI;
import java.net.URLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/** What HttpURLConnection shares with the whole JVM, and bodies too large to be kept. */
final class UrlConnectionCorners {
  private UrlConnectionCorners() {}

  /** False: there is no corner of that name here. */
  static boolean look(Call call, Outcome outcome) throws Exception {
    switch (call.get("name", "")) {
      case "cookies":
        cookies(call, outcome);
        return true;
      case "cache":
        cache(call, outcome);
        return true;
      case "big":
        HttpURLConnection connection = UrlConnectionCaller.open(call);
        outcome.add("code", connection.getResponseCode());
        outcome.add("body", checksum(connection.getInputStream()));
        return true;
      case "usage":
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        outcome.add("heap", runtime.totalMemory() - runtime.freeMemory());
        outcome.add("threads", Thread.getAllStackTraces().size());
        return true;
      default:
        return false;
    }
  }

  private static void cookies(Call call, Outcome outcome) throws Exception {
    CookieManager cookies = new CookieManager();
    CookieHandler.setDefault(cookies);
    try {
      new UrlConnectionCaller().call(call, outcome);
      for (HttpCookie cookie : cookies.getCookieStore().getCookies()) {
        outcome.add("cookie", cookie);
      }
    } finally {
      CookieHandler.setDefault(null);
    }
  }

  private static void cache(Call call, Outcome outcome) throws Exception {
    List<String> put = new ArrayList<>();
    ResponseCache.setDefault(
        new ResponseCache() {
          @Override
          public CacheResponse get(URI uri, String method, Map<String, List<String>> headers) {
            return null;
          }

          @Override
          public CacheRequest put(URI uri, URLConnection connection) throws IOException {
            put.add(connection.getHeaderField(0));
            return null;
          }
        });
    try {
      new UrlConnectionCaller().call(call, outcome);
      outcome.add("last put", put.isEmpty() ? "none" : put.get(put.size() - 1));
    } finally {
      ResponseCache.setDefault(null);
    }
  }

  static String checksum(InputStream in) throws IOException {
    CRC32 sum = new CRC32();
    long length = 0;
    byte[] buffer = new byte[64 * 1024];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      sum.update(buffer, 0, n);
      length += n;
    }
    in.close();
    return length + " bytes, crc32 " + Long.toHexString(sum.getValue());
  }
}

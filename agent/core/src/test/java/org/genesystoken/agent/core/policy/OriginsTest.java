package org.genesystoken.agent.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginsTest {
  private static final String API = "api.mypurecloud.com";

  private static Origins origins(String... entries) {
    return Origins.of(Arrays.asList(entries));
  }

  @ParameterizedTest(name = "{0} covers {1}://{2}:{3}: {4}")
  @CsvSource({
    // scheme and port
    "api.x.com, https, api.x.com, -1, true",
    "api.x.com, https, api.x.com, 443, true",
    "api.x.com, HTTPS, API.X.COM, -1, true",
    "api.x.com, https, api.x.com., -1, true",
    "api.x.com, https, api.x.com.., -1, false",
    "api.x.com., https, api.x.com, -1, true",
    "api.x.com, https, api.x.com, 8443, false",
    "api.x.com, http, api.x.com, -1, false",
    "api.x.com, http, api.x.com, 443, false",
    "api.x.com, ftp, api.x.com, -1, false",
    "API.X.com:8443, https, api.x.com, 8443, true",
    "api.x.com:8443, https, api.x.com, -1, false",
    "api.x.com:443, https, api.x.com, -1, true",
    "https://api.x.com/, https, api.x.com, -1, true",
    "http://api.x.com, http, api.x.com, -1, true",
    "http://api.x.com, http, api.x.com, 80, true",
    "http://api.x.com, http, api.x.com, 8080, false",
    "http://api.x.com, https, api.x.com, -1, false",
    // loopback
    "localhost, http, localhost, 54321, true",
    "localhost, https, LOCALHOST, 54321, true",
    "localhost:8080, http, localhost, 8080, true",
    "localhost:8080, http, localhost, 8081, false",
    "https://localhost, http, localhost, 8080, false",
    "127.0.0.1, http, 127.0.0.1, 54321, true",
    "127.9.8.7, http, 127.9.8.7, 54321, true",
    "localhost, http, 127.0.0.1, 54321, false",
    "127.evil.com, http, 127.evil.com, -1, false",
    "127.0.0.1.evil.com, http, 127.0.0.1.evil.com, -1, false",
    // IPv6
    "'[::1]', http, '[::1]', 8080, true",
    "::1, http, '[::1]', 8080, true",
    "'[::1]:8080', http, ::1, 8080, true",
    "'[::1]:8080', http, '[::1]', 8081, false",
    "'[2001:DB8::1]', https, '[2001:db8::1]', -1, true",
    "'[2001:db8::1]', http, '[2001:db8::1]', -1, false",
    // look-alikes
    "api.x.com, https, api.x.com.evil.com, -1, false",
    "api.x.com, https, evil-api.x.com, -1, false",
    "api.x.com, https, evil.api.x.com, -1, false",
    "api.x.com, https, x.com, -1, false",
    "api.x.com, https, api.x.com@evil.com, -1, false",
    "api.x.com, https, user@api.x.com, -1, false",
    "api.x.com, https, apiax.com, -1, false",
    "api.x.com, https, api.x.com%00, -1, false",
    "api.x.com, https, ' api.x.com', -1, false",
    "api.x.com, https, '[api.x.com]', -1, true",
    // letters that lower-case to ASCII ones (Kelvin sign, dotless i)
    "api.kx.com, https, api.\u212ax.com, -1, false",
    "api.ix.com, https, ap\u0131.ix.com, -1, false",
    // international names
    "b\u00fccher.example, https, xn--bcher-kva.example, -1, true",
    "xn--bcher-kva.example, https, B\u00dcCHER.example, -1, true",
    "xn--bcher-kva.example, https, bucher.example, -1, false",
  })
  void an_entry_covers_exactly_what_it_names(
      String entry, String scheme, String host, int port, boolean covered) {
    assertThat(origins(entry).covers(scheme, host, port)).isEqualTo(covered);
  }

  @Test
  void each_of_several_entries_counts() {
    Origins origins = origins("api.one.com", "api.two.com:8443");

    assertThat(origins.covers("https", "api.two.com", 8443)).isTrue();
    assertThat(origins.covers("https", "api.one.com", -1)).isTrue();
    assertThat(origins.covers("https", "api.one.com", 8443)).isFalse();
  }

  @Test
  void nothing_is_covered_without_scheme_or_host() {
    assertThat(origins(API).covers(null, API, -1)).isFalse();
    assertThat(origins(API).covers("https", null, -1)).isFalse();
    assertThat(origins(API).covers("https", "", -1)).isFalse();
  }

  @Test
  void the_default_locale_does_not_matter() {
    Locale before = Locale.getDefault();
    Locale.setDefault(new Locale("tr"));
    try {
      assertThat(origins("API.ICELAND.COM").covers("HTTPS", "api.iceland.com", -1)).isTrue();
    } finally {
      Locale.setDefault(before);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[1:2]",
        "[1:2:3:4:5:6:7:8:9]",
        "api.example..",
        "",
        " ",
        "https://",
        ":443",
        "ftp://api.x.com",
        "://api.x.com",
        "api.x.com/path",
        "https://api.x.com/path",
        "api.x.com?x",
        "api.x.com#x",
        "api.x.com:",
        "api.x.com:0",
        "api.x.com:65536",
        "api.x.com:99999999999",
        "api.x.com:http",
        "api.x.com:-1",
        "*.x.com",
        "api x.com",
        "api..x.com",
        ".x.com",
        "[::1",
        "[api.x.com]",
        "[::g]",
        "user:s3cr3t@api.x.com",
        "api,x.com"
      })
  void an_entry_that_is_no_host_is_refused_in_one_line_without_any_password(String entry) {
    assertThatThrownBy(() -> Origins.parse(entry))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not [scheme://]host[:port]: ")
        .hasMessageNotContaining("s3cr3t")
        .hasMessageNotContaining("\n");
  }

  @Test
  void an_entry_is_shown_in_its_normal_form() {
    Origins.Origin origin = Origins.parse("HTTPS://API.X.com.:8443/");

    assertThat(origin.scheme()).isEqualTo("https");
    assertThat(origin.host()).isEqualTo("api.x.com");
    assertThat(origin.port()).isEqualTo(8443);
    assertThat(Origins.parse("[::1]").host()).isEqualTo("::1");
    assertThat(Origins.parse("api.x.com").port()).isEqualTo(-1);
    assertThat(Origins.parse("api.x.com").scheme()).isNull();
  }

  @Provide
  Arbitrary<String> hosts() {
    Arbitrary<String> label =
        Arbitraries.strings()
            .withCharRange('a', 'z')
            .withCharRange('0', '9')
            .ofMinLength(1)
            .ofMaxLength(8);
    return label.list().ofMinSize(1).ofMaxSize(4).map(labels -> String.join(".", labels) + ".com");
  }

  @Property(tries = 300)
  void a_host_covers_itself_in_any_case_and_with_a_trailing_dot(
      @ForAll("hosts") String host, @ForAll @IntRange(min = 1, max = 65535) int port) {
    Origins origins = origins(host + ":" + port);

    assertThat(origins.covers("https", host.toUpperCase(Locale.ROOT) + ".", port)).isTrue();
    assertThat(origins.covers("http", host, port)).isFalse();
    assertThat(origins.covers("https", host, port % 65535 + 1)).isFalse();
  }

  @Property(tries = 300)
  void a_host_with_anything_before_or_after_it_is_another_host(
      @ForAll("hosts") String host, @ForAll("hosts") String other) {
    Origins origins = origins(host);

    assertThat(origins.covers("https", host + "." + other, -1)).isFalse();
    assertThat(origins.covers("https", other + "." + host, -1)).isFalse();
    assertThat(origins.covers("https", other + "-" + host, -1)).isFalse();
    assertThat(origins.covers("https", host + "@" + other, -1)).isFalse();
    assertThat(origins.covers("https", other, -1)).isEqualTo(other.equals(host));
  }

  @Property(tries = 500)
  void no_input_makes_it_throw_or_cover_a_stranger(@ForAll String scheme, @ForAll String host) {
    assertThat(origins(API, "xn--bcher-kva.example").covers(scheme, host, -1)).isFalse();
    assertThat(origins(API, "xn--bcher-kva.example").covers("https", host, -1)).isFalse();
  }
}

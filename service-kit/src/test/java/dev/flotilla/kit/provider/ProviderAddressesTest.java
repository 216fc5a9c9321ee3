package dev.flotilla.kit.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import io.helidon.config.mp.MpConfigSources;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProviderAddressesTest {
  private static final URI ALL = URI.create("http://all:8080");
  private static final URI OWN = URI.create("http://own:8080");

  @Test
  void one_calls_all_unless_a_provider_has_its_own() {
    var one = addresses("http://all:8080", null);
    assertEquals(ALL, one.of("openai"));
    assertEquals(Set.of(ALL), one.each());

    var two = addresses("http://all:8080", "gemini=http://own:8080/");
    assertEquals(ALL, two.of("openai"));
    assertEquals(OWN, two.of("gemini"));
    assertEquals(Set.of(ALL, OWN), two.each());
  }

  @Test
  void nobody_needs_the_usual_one_when_each_has_its_own() {
    var none = addresses(null, "openai=http://own:8080, gemini=http://all:8080");
    assertEquals(OWN, none.of("openai"));
    assertEquals(Set.of(ALL, OWN), none.each());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "http://own:8080|openai=http://127.0.0.1:8081",
        "opanai=http://own:8080|'opanai', which is not in flotilla.providers.enabled",
        "openai=own:8080|write an address such as",
        "openai=http://a:1,openai=http://b:1|twice",
        "openai=http://own:8080|flotilla.provider.url is not set",
      })
  void what_is_wrong_is_named(String urls, String told) {
    var wrong = assertThrows(ConfigurationException.class, () -> addresses(null, urls));
    assertTrue(String.valueOf(wrong.getMessage()).contains(told), wrong.getMessage());
  }

  private static ProviderAddresses addresses(@Nullable String url, @Nullable String urls) {
    var written =
        new HashMap<String, String>(Map.of("flotilla.providers.enabled", "openai,gemini"));
    if (url != null) {
      written.put("flotilla.provider.url", url);
    }
    if (urls != null) {
      written.put("flotilla.provider.urls", urls);
    }
    return ProviderAddresses.from(
        new Settings(
            ConfigProviderResolver.instance()
                .getBuilder()
                .withSources(MpConfigSources.create(written))
                .build()));
  }
}

package dev.flotilla.kit.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.config.mp.MpConfigSources;
import java.util.Map;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  private static final String KEY = "flotilla.service.token";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "secret",
        "fifteen-letters",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "0000000000000000",
        "abababababababab",
        "changemechangeme",
        "please-change-me-now",
        "REPLACE_THIS_WITH_A_TOKEN",
        "your-secret-of-the-fleet",
        "<a random secret here>",
        "mypassword-mypassword",
        "0123456789abcdef"
      })
  void a_secret_that_is_none_is_refused_and_never_quoted(String written) {
    var wrong = assertThrows(ConfigurationException.class, () -> settings(written).secret(KEY));
    String told = String.valueOf(wrong.getMessage());
    assertTrue(told.startsWith(KEY + " "), told);
    assertTrue(told.contains("FLOTILLA_SERVICE_TOKEN") || told.contains("openssl rand"), told);
    assertFalse(written.length() > 6 && told.contains(written), told);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "f3a9c1d27b604e58",
        "service-token-of-the-tests",
        "Zm90aWxsYSBmbG90aWxsYQ==",
        "correct horse battery staple"
      })
  void a_secret_that_may_be_one_is_taken(String written) {
    assertEquals(written, settings(written).secret(KEY));
  }

  private static Settings settings(String written) {
    return new Settings(
        ConfigProviderResolver.instance()
            .getBuilder()
            .withSources(MpConfigSources.create(Map.of(KEY, written)))
            .build());
  }
}

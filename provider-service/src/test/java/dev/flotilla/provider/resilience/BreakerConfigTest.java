package dev.flotilla.provider.resilience;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import io.helidon.config.mp.MpConfigSources;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BreakerConfigTest {
  @ParameterizedTest
  @CsvSource({
    "window, 0, write a whole number from 1",
    "minimum-calls, 51, write 1 to 50",
    "failure-rate, 0, such as 0.5",
    "failure-rate, 1.5, write a number from 0 to 1",
    "connect-failures, 0, write a whole number from 1",
    "open, PT0S, write PT5S or so",
    "longest-open, PT1S, write PT5S or more",
    "probes, none, write a whole number from 1",
    "patience, soon, write an ISO-8601 duration"
  })
  void a_wrong_value_is_named_with_its_key_and_a_remedy(String key, String value, String remedy) {
    var refused = assertThrows(ConfigurationException.class, () -> read(key, value));
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains("flotilla.breaker." + key + " is "), message);
    assertTrue(message.contains(remedy), message);
  }

  private static BreakerConfig read(String key, String value) {
    Map<String, String> all =
        new HashMap<>(
            Map.of(
                "flotilla.breaker.window", "50",
                "flotilla.breaker.minimum-calls", "20",
                "flotilla.breaker.failure-rate", "0.5",
                "flotilla.breaker.connect-failures", "5",
                "flotilla.breaker.open", "PT5S",
                "flotilla.breaker.longest-open", "PT1M",
                "flotilla.breaker.probes", "2",
                "flotilla.breaker.gone", "PT1M",
                "flotilla.breaker.patience", "PT5S"));
    all.put("flotilla.breaker." + key, value);
    return BreakerConfig.from(
        new Settings(
            ConfigProviderResolver.instance()
                .getBuilder()
                .withSources(MpConfigSources.create(all))
                .build()));
  }
}

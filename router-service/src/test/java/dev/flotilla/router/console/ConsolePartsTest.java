package dev.flotilla.router.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import dev.flotilla.router.OpenDoors;
import dev.flotilla.router.Porters;
import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.WebTokens;
import dev.flotilla.router.store.Store;
import dev.flotilla.router.trail.Trail;
import io.helidon.config.mp.MpConfigSources;
import java.net.http.HttpClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.junit.jupiter.api.Test;

class ConsolePartsTest {
  @Test
  void switched_off_there_is_no_door() {
    assertEquals(List.of(), doors(Map.of("flotilla.console.enabled", "false")));
  }

  @Test
  void switched_on_all_of_it_is_below_its_path() {
    List<Door> doors = doors(Map.of());
    assertTrue(doors.stream().allMatch(door -> door.path().startsWith("/console")));
    assertEquals(3, doors.size());
  }

  @Test
  void a_session_of_seconds_is_refused_with_what_to_write() {
    var refused =
        assertThrows(
            ConfigurationException.class, () -> doors(Map.of("flotilla.console.session", "PT5S")));
    assertTrue(String.valueOf(refused.getMessage()).contains("write PT1M or more"));
  }

  private static List<Door> doors(Map<String, String> changed) {
    Map<String, String> values = new HashMap<>();
    values.put("flotilla.console.enabled", "true");
    values.put("flotilla.console.api", "http://127.0.0.1:8080");
    values.put("flotilla.console.session", "PT12H");
    values.put("flotilla.console.patience", "PT10S");
    values.put("flotilla.console.answer-patience", "PT2M");
    values.putAll(changed);
    try (var http = HttpClient.newHttpClient();
        var trail = Trail.open(Store.none(), Porters.METRICS)) {
      return ConsoleParts.doors(
          new Settings(
              ConfigProviderResolver.instance()
                  .getBuilder()
                  .withSources(MpConfigSources.create(values))
                  .build()),
          http,
          new ServiceToken("0123456789abcdef"),
          OpenDoors.recognition(WebTokens.NONE),
          trail);
    }
  }
}

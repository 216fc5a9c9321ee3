package dev.flotilla.router.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.router.OpenDoors;
import dev.flotilla.router.Porters;
import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.WebTokens;
import dev.flotilla.router.store.Store;
import dev.flotilla.router.trail.Trail;
import java.net.http.HttpClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  @Test
  void an_issuer_without_what_its_tokens_mean_is_refused_with_what_to_set() {
    String key = "flotilla.console.oidc.client-id";
    refused(Map.of(key, "c"), "set mp.jwt.verify.publickey.location");
    Map<String, String> issuer = new HashMap<>();
    issuer.put("mp.jwt.verify.publickey.location", "https://issuer.example/keys");
    issuer.put("mp.jwt.verify.issuer", "https://issuer.example");
    issuer.put("mp.jwt.verify.audiences", "flotilla");
    issuer.put(key, "c");
    refused(issuer, "but tokens that people sign in with are for c; add it there");
    issuer.put("mp.jwt.verify.audiences", "flotilla,c");
    refused(issuer, "flotilla.console.oidc.redirect-base is not set");
    issuer.put("flotilla.console.oidc.redirect-base", "https://fleet.example");
    assertEquals(3, doors(issuer).size(), "a client may be without a secret");
    issuer.put("flotilla.console.oidc.scopes", "profile");
    refused(issuer, "without openid there is no token");
    issuer.put("flotilla.console.oidc.scopes", "openid,profile");
    issuer.put("flotilla.console.oidc.client-secret-file", "/nowhere/secret");
    refused(issuer, "which cannot be read");
    issuer.put("flotilla.console.oidc.client-secret", "a secret");
    refused(issuer, "are both set");
  }

  private static void refused(Map<String, String> changed, String why) {
    var refused = assertThrows(ConfigurationException.class, () -> doors(changed));
    assertTrue(String.valueOf(refused.getMessage()).contains(why), refused.getMessage());
  }

  private static List<Door> doors(Map<String, String> changed) {
    try (var http = HttpClient.newHttpClient();
        var trail = Trail.open(Store.none(), Porters.METRICS)) {
      return ConsoleParts.doors(
          ConsoleSettings.with(changed),
          http,
          new ServiceToken("0123456789abcdef"),
          OpenDoors.recognition(WebTokens.NONE),
          trail);
    }
  }
}

package dev.flotilla.router.door;

import static dev.flotilla.router.OpenDoors.KEY;
import static dev.flotilla.router.OpenDoors.OTHER_KEY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.json.Json;
import dev.flotilla.router.OpenDoors;
import dev.flotilla.router.Porters;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the door says to those it does not know. */
class RecognitionIT {
  private final AtomicInteger inside = new AtomicInteger();

  @Test
  void who_guesses_is_not_looked_up_any_more_and_who_came_in_before_still_is() {
    try (OpenDoors doors = doors()) {
      assertEquals(200, doors.post("/v1/things", KEY, "{}").statusCode());
      HttpResponse<String> answer = null;
      for (int i = 0; i <= OpenDoors.MOST_GUESSES; i++) {
        answer = doors.post("/v1/things", "sk-guess-" + i, "{}");
        assertEquals(i < OpenDoors.MOST_GUESSES ? 401 : 429, answer.statusCode());
      }
      assertTrue(answer.body().contains("too_many_failed_authentications"), answer.body());
      assertEquals("false", answer.headers().firstValue("x-should-retry").orElse(""));
      long wait = answer.headers().firstValueAsLong("retry-after").orElse(-1);
      assertTrue(wait > 0 && wait <= 60, "retry-after " + wait);
      assertEquals(429, doors.post("/v1/things", OTHER_KEY, "{}").statusCode());
      assertEquals(200, doors.post("/v1/things", KEY, "{}").statusCode());
      assertEquals(2, inside.get());
    }
  }

  @Test
  void a_mistyped_key_is_told_from_an_unknown_one() {
    try (OpenDoors doors = doors()) {
      String key = KeyText.fresh(new SecureRandom());
      HttpResponse<String> unknown = doors.post("/v1/things", key, "{}");
      assertEquals(401, unknown.statusCode());
      assertTrue(unknown.body().contains("not known here"), unknown.body());
      HttpResponse<String> cut = doors.post("/v1/things", key.substring(0, 40), "{}");
      assertEquals(401, cut.statusCode());
      assertTrue(cut.body().contains("mistyped"), cut.body());
      assertEquals("Bearer", cut.headers().firstValue("www-authenticate").orElse(""));
    }
  }

  private OpenDoors doors() {
    return OpenDoors.open(
        Porters.everybody(),
        new Door(
            "POST",
            "/v1/things",
            Set.of(Role.CALLER),
            1_000,
            "",
            visit -> {
              inside.incrementAndGet();
              visit.send(200, Json.object());
            }));
  }
}

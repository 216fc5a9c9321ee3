package dev.flotilla.router.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LanesTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:10Z");

  @Test
  void a_failed_call_and_its_fallback_lie_one_after_the_other_in_one_lane() throws NotJson {
    JsonNode run =
        Json.parse(
            """
            {"created_at": "2026-11-22T10:00:00Z", "ended_at": "2026-11-22T10:00:10Z", "steps": [
              {"id": "draft", "status": "completed", "model_used": "b/m", "started_at": "2026-11-22T10:00:01Z", "duration_ms": 5000,
               "attempts": [{"calls": [
                 {"model": "a/m", "outcome": "timeout", "duration_ms": 3000},
                 {"model": "b/m", "outcome": "ok", "duration_ms": 2000}]}]}]}""");
    Lanes.Lane lane = Lanes.of(run, NOW).lanes().getFirst();
    assertEquals(
        List.of("failed 10.0 30.0", "completed 40.0 20.0"),
        lane.parts().stream()
            .map(part -> part.kind() + " " + part.x() + " " + part.width())
            .toList());
    assertEquals(1, lane.failed());
    assertEquals("a/m timeout", lane.because());
  }

  @Test
  void what_goes_on_reaches_until_now() throws NotJson {
    JsonNode run =
        Json.parse(
            """
            {"created_at": "2026-11-22T10:00:00Z", "steps": [
              {"id": "ask", "status": "waiting", "started_at": "2026-11-22T10:00:05Z", "attempts": []}]}""");
    Lanes.Part part = Lanes.of(run, NOW).lanes().getFirst().parts().getFirst();
    assertEquals("waiting 50.0 50.0", part.kind() + " " + part.x() + " " + part.width());
  }

  @Test
  void nothing_leaves_the_picture() throws NotJson {
    JsonNode run =
        Json.parse(
            """
            {"created_at": "2026-11-22T10:00:00Z", "ended_at": "2026-11-22T10:00:01Z", "steps": [
              {"id": "late", "status": "completed", "started_at": "2026-11-22T10:00:09Z", "duration_ms": 9000,
               "attempts": [{"calls": [{"model": "a/m", "outcome": "ok", "duration_ms": 90000}]}]}]}""");
    for (Lanes.Part part : Lanes.of(run, NOW).lanes().getFirst().parts()) {
      assertTrue(part.x() >= 0 && part.width() > 0 && part.x() + part.width() <= 100.001);
    }
  }
}

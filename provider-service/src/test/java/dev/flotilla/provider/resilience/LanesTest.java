package dev.flotilla.provider.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.provider.bucket.BucketConfig;
import dev.flotilla.provider.bucket.Buckets;
import dev.flotilla.provider.dialect.Failure;
import dev.flotilla.testkit.FaultRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LanesTest {
  private static final BreakerConfig BREAKER =
      new BreakerConfig(
          4,
          2,
          0.5,
          2,
          Duration.ofSeconds(5),
          Duration.ofSeconds(60),
          1,
          Duration.ofSeconds(60),
          Duration.ofSeconds(5));
  private static final KeyConfig KEYS = new KeyConfig(Duration.ofMinutes(1), Duration.ofMinutes(3));
  private static final String TWO_KEYS =
      """
      provider: up
      dialect: openai
      base_url: http://up/v1
      key_env: [KEY_A, KEY_B]
      models:
        - {name: m, prices: [{from: 2026-01-01, source: t, input: 1, output: 1}]}
      """;
  private static final String TWO_PLACES =
      """
      provider: up
      dialect: openai
      base_url: http://up/v1
      key_env: KEY_A
      models:
        - name: m
          balance: %s
          deployments:
            - {name: east, base_url: "http://east/v1", weight: 3}
            - {name: west, base_url: "http://west/v1"}
          prices: [{from: 2026-01-01, source: t, input: 1, output: 1}]
      """;

  @TempDir Path folder;
  private long nanos = 99;
  private final Random random = new Random(7);
  private final Map<String, String> environment =
      new HashMap<>(Map.of("KEY_A", "sk-a", "KEY_B", "sk-b"));
  private final ParkedKeys keys = new ParkedKeys(KEYS, () -> nanos);
  private final Lanes lanes =
      new Lanes(
          BREAKER,
          keys,
          new Buckets(
              new BucketConfig(Duration.ofMinutes(1), 1, true),
              null,
              () -> nanos,
              InstantSource.fixed(Instant.EPOCH)),
          environment::containsKey,
          random::nextDouble,
          () -> nanos);

  @Test
  @FaultRow(row = 18, fault = "401 to one of two keys")
  void a_refused_key_is_left_out_and_the_other_one_is_used() throws Exception {
    Model model = model(TWO_KEYS);
    Pass first = pass(model, List.of());
    String refused = keyOf(first);
    fail(first, 401);
    assertTrue(keys.isParked("up", refused));
    assertTrue(lanes.hasAnother(model, List.of(first)));
    for (int i = 0; i < 50; i++) {
      Pass other = pass(model, List.of());
      assertFalse(refused.equals(keyOf(other)));
      other.giveBack(Evidence.HEALTHY);
    }
    nanos += Duration.ofMinutes(1).toNanos();
    assertFalse(keys.isParked("up", refused));
  }

  @Test
  @FaultRow(row = 19, fault = "402 to each key again and again")
  void the_parking_grows_until_the_key_is_accepted_and_the_last_one_is_never_left_out()
      throws Exception {
    environment.remove("KEY_B");
    Model model = model(TWO_KEYS);
    for (int minutes : List.of(1, 2, 3, 3)) {
      fail(pass(model, List.of()), 429);
      nanos += Duration.ofMinutes(minutes).toNanos() - 1;
      assertTrue(keys.isParked("up", "KEY_A"), minutes + " minutes");
      assertFalse(lanes.hasAnother(model, List.of()), "nobody else is there");
      nanos++;
      assertFalse(keys.isParked("up", "KEY_A"), minutes + " minutes");
    }
    fail(pass(model, List.of()), 402);
    pass(model, List.of()).giveBack(Evidence.HEALTHY);
    assertFalse(keys.isParked("up", "KEY_A"), "accepted once");
    fail(pass(model, List.of()), 403);
    nanos += Duration.ofMinutes(1).toNanos();
    assertFalse(keys.isParked("up", "KEY_A"), "it begins anew");
  }

  @Test
  void when_every_key_is_parked_the_one_that_was_parked_first_is_the_last_resort()
      throws Exception {
    Model model = model(TWO_KEYS);
    Pass first = pass(model, List.of());
    fail(first, 401);
    nanos++;
    Pass second = pass(model, List.of(first));
    fail(second, 401);
    assertFalse(lanes.hasAnother(model, List.of(first, second)));
    assertEquals(keyOf(first), keyOf(pass(model, List.of())));
  }

  @Test
  @FaultRow(row = 20, fault = "404 and a redirection")
  void a_missing_model_or_a_redirection_parks_no_key_and_is_found_out_once_a_minute()
      throws Exception {
    Model model = model(TWO_KEYS);
    for (int status : List.of(404, 302)) {
      Pass pass = pass(model, List.of());
      fail(pass, status);
      assertFalse(keys.isParked("up", keyOf(pass)));
      assertTrue(lanes.hasAnother(model, List.of(pass)));
      assertFalse(keyOf(pass).equals(keyOf(pass(model, List.of()))));
      nanos += Duration.ofMinutes(1).toNanos();
    }
  }

  @Test
  void an_open_circuit_of_one_place_leaves_the_other_one_and_all_open_ones_say_when_to_come_back()
      throws Exception {
    Model model = model(TWO_PLACES.formatted("weighted"));
    var broken = new ArrayList<Pass>();
    while (lanes.find(model, 1, List.of()) instanceof Pass pass) {
      if (place(pass).equals("east")) {
        pass.giveBack(Evidence.UNREACHABLE);
      } else {
        pass.giveBack(broken.size() < 20 ? Evidence.HEALTHY : Evidence.UNREACHABLE);
        broken.add(pass);
      }
      if (broken.size() == 20) {
        assertEquals(CircuitState.CLOSED, lanes.circuits().getFirst().state());
        assertEquals(CircuitState.OPEN, lanes.stateOf(model), "the worst of them");
      }
    }
    assertTrue(broken.size() > 20);
    assertInstanceOf(Way.Resting.class, lanes.find(model, 1, List.of()));
    assertEquals(1, lanes.circuits().size());
    assertEquals(CircuitState.OPEN, lanes.circuits().getFirst().state());
  }

  @Test
  void how_long_the_last_streams_took_to_begin_is_known_for_an_hour() throws Exception {
    Model model = model(TWO_KEYS);
    assertEquals(List.of(), lanes.firstChunks(model.id()));
    for (int i = 1; i <= 60; i++) {
      Pass pass = pass(model, List.of());
      nanos += Duration.ofMillis(i).toNanos();
      pass.begun();
      pass.giveBack(Evidence.HEALTHY);
    }
    List<Long> last = lanes.firstChunks(model.id());
    assertTrue(last.contains(60L) && last.size() >= 50 && last.size() <= 60, last.toString());
    nanos += Duration.ofMinutes(60).toNanos();
    assertEquals(List.of(), lanes.firstChunks(model.id()));
  }

  @Test
  void a_call_takes_another_way_before_it_takes_one_again_and_leaves_a_throttled_one_alone()
      throws Exception {
    Model model = model(TWO_PLACES.formatted("weighted"));
    Pass first = pass(model, List.of());
    first.failed(new Failure.Throttled(429, Duration.ofSeconds(9)));
    first.giveBack(Evidence.NONE);
    for (int i = 0; i < 20; i++) {
      assertFalse(place(first).equals(place(pass(model, List.of()))), "it rests");
    }
    Pass second = pass(model, List.of(first));
    assertFalse(lanes.hasAnother(model, List.of(first, second)));
    nanos += Duration.ofSeconds(9).toNanos();
    assertEquals(place(first), place(pass(model, List.of(second))));
  }

  @Test
  void weights_are_kept() throws Exception {
    Model model = model(TWO_PLACES.formatted("weighted"));
    int east = 0;
    for (int i = 0; i < 4_000; i++) {
      Pass pass = pass(model, List.of());
      east += place(pass).equals("east") ? 1 : 0;
      pass.giveBack(Evidence.HEALTHY);
    }
    assertTrue(east > 2_800 && east < 3_200, "three of four: " + east);
  }

  @Test
  void the_fewest_calls_in_flight_for_its_weight_win() throws Exception {
    Model model = model(TWO_PLACES.formatted("least_in_flight"));
    var held = new ArrayList<Pass>();
    for (int i = 0; i < 8; i++) {
      held.add(pass(model, List.of()));
    }
    assertEquals(6, held.stream().filter(pass -> place(pass).equals("east")).count());
    held.stream()
        .filter(pass -> place(pass).equals("west"))
        .forEach(p -> p.giveBack(Evidence.NONE));
    assertEquals("west", place(pass(model, List.of())));
  }

  @Test
  @FaultRow(row = 39, fault = "a place that turned slow")
  void a_place_that_becomes_slow_or_fails_is_avoided_until_it_is_forgotten() throws Exception {
    Model model = model(TWO_PLACES.formatted("peak_ewma").replace(", weight: 3", ""));
    for (int i = 0; i < 10; i++) {
      Pass pass = pass(model, List.of());
      nanos += Duration.ofMillis(place(pass).equals("east") ? 900 : 100).toNanos();
      pass.giveBack(Evidence.HEALTHY);
    }
    for (int i = 0; i < 10; i++) {
      Pass pass = pass(model, List.of());
      assertEquals("west", place(pass));
      nanos += Duration.ofMillis(100).toNanos();
      pass.giveBack(Evidence.HEALTHY);
    }
    Pass peak = pass(model, List.of());
    nanos += Duration.ofSeconds(3).toNanos();
    peak.giveBack(Evidence.HEALTHY);
    assertEquals("east", place(pass(model, List.of())), "a peak counts at once");
  }

  private static void fail(Pass pass, int status) {
    pass.failed(new Failure.Barred(status));
    pass.giveBack(Evidence.NONE);
  }

  private Pass pass(Model model, List<Pass> taken) {
    return assertInstanceOf(Pass.class, lanes.find(model, 1, taken));
  }

  private static String keyOf(Pass pass) {
    return String.valueOf(pass.model().provider().keyEnv());
  }

  private static String place(Pass pass) {
    return pass.model().provider().baseUrl().replaceAll("http://|/v1", "");
  }

  private Model model(String yaml) throws IOException {
    Files.writeString(folder.resolve("up.yaml"), yaml);
    return Catalog.read(folder, Set.of("up")).find("up/m").orElseThrow();
  }
}

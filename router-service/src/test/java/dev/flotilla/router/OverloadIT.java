package dev.flotilla.router;

import static dev.flotilla.router.RunningRouter.ask;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.testkit.FaultRow;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A small router and more callers than it can hold. */
@Timeout(120)
class OverloadIT {
  private static final int LANES = 100;
  private static final int CONNECTIONS = 3_000;
  private static RunningRouter router;

  @BeforeAll
  static void start(@TempDir Path folder) {
    router =
        new RunningRouter(
            folder,
            List.of("-Xmx192m"),
            Map.of(
                "flotilla.lanes.most-in-flight", Integer.toString(LANES),
                "flotilla.heap.for-bodies", "0.3",
                "flotilla.redis.time-box", "PT2S",
                "server.max-tcp-connections", Integer.toString(CONNECTIONS),
                "server.connection-options.read-timeout", "PT10S",
                "server.idle-connection-timeout", "PT2S",
                "server.idle-connection-period", "PT0.5S"));
  }

  @AfterAll
  static void stop() {
    router.close();
  }

  @BeforeEach
  void well() {
    router.provider(RunningRouter::answer);
  }

  @Test
  @FaultRow(row = 83, fault = "a slow provider and 2,000 callers at once")
  void of_2000_at_once_as_many_are_answered_as_can_be_held_and_the_others_are_told_at_once()
      throws Exception {
    var goOn = new CountDownLatch(1);
    router.provider(
        call -> {
          await(goOn);
          RunningRouter.answer(call);
        });
    int before = router.asked();
    var all = new ArrayList<CompletableFuture<HttpResponse<String>>>();
    for (int i = 0; i < 2_000; i++) {
      all.add(router.chat(ask("auto/bulk", "flood " + i)));
      if (i % 500 == 0) {
        assertEquals(200, router.ops("/health/live").statusCode());
        assertEquals(200, router.ops("/health/ready").statusCode());
      }
    }
    // Its own tenth, and the four tenths that are everybody's.
    int places = LANES / 2;
    while (all.stream().filter(CompletableFuture::isDone).count() < 2_000 - places) {
      assertEquals(200, router.ops("/health/live").statusCode());
    }
    double best = Double.MAX_VALUE;
    for (int i = 0; i < 20; i++) {
      long start = System.nanoTime();
      HttpResponse<String> shed = router.chat(ask("auto/bulk", "too many " + i)).get();
      best = Math.min(best, (System.nanoTime() - start) / 1e6);
      assertOverloaded(shed);
    }
    assertTrue(best < 50, "the quickest refusal took " + best + " ms");
    var complex = router.chat(ask("auto/complex", "not starved"));
    awaitAsked(before + places + 1);
    assertEquals(places, router.metric("llm_router_lane_inflight_requests{lane=\"bulk\""));
    goOn.countDown();
    assertEquals(200, complex.get().statusCode());
    int answered = 0;
    for (var one : all) {
      if (one.get().statusCode() == 200) {
        answered++;
      } else {
        assertOverloaded(one.get());
      }
    }
    assertEquals(places, answered);
    assertTrue(
        router.metric("llm_router_shed_total{full=\"lane\",lane=\"bulk\"") >= 2_000 - places);
    assertEquals(0, router.metric("llm_router_lane_inflight_requests"));
  }

  @Test
  @FaultRow(row = 84, fault = "bodies that together are larger than the heap")
  void more_bodies_than_the_heap_holds_are_sent_away_and_the_others_answered() throws Exception {
    router.provider(
        call -> {
          pause();
          RunningRouter.answer(call);
        });
    String twoMb = "x".repeat(2_000_000);
    int answered = 0;
    int shed = 0;
    for (int round = 0; round < 2; round++) {
      var all = new ArrayList<CompletableFuture<HttpResponse<String>>>();
      for (int i = 0; i < 20; i++) {
        all.add(router.chat(ask("auto/complex", round + " " + i + twoMb)));
      }
      for (var one : all) {
        if (one.get().statusCode() == 200) {
          answered++;
        } else {
          assertOverloaded(one.get());
          shed++;
        }
      }
    }
    assertTrue(answered >= 2, answered + " answered");
    assertTrue(shed > 0, "there was room for all");
    assertTrue(router.alive());
    assertFalse(router.log().contains("OutOfMemoryError"), "out of memory");
    assertEquals(shed, router.metric("llm_router_shed_total{full=\"bodies\""));
    assertEquals(200, router.chat(ask("auto", "small again")).get().statusCode());
    HttpResponse<String> never = router.chat(ask("auto", "x".repeat(9_900_000))).get();
    assertEquals(413, never.statusCode(), "longer than there can ever be room for");
  }

  @Test
  @FaultRow(row = 83, fault = "the service that calls providers has no room")
  void when_provider_service_has_no_room_it_is_ours_to_say_and_no_other_model_is_asked()
      throws Exception {
    router.provider(
        call ->
            RunningRouter.send(
                call,
                503,
                """
                {"error":{"message":"No room.","code":"overloaded","type":"server_error",\
                "source":"router","outcome":"shed","retry_after_ms":1000,"sent":false}}"""));
    int before = router.asked();
    assertOverloaded(router.chat(ask("auto", "no room")).get());
    assertEquals(before + 1, router.asked());
    assertEquals(0, router.metric("llm_router_fallback_answers_total"));
  }

  @Test
  @FaultRow(row = 46, fault = "as many idle connections as are admitted")
  void idle_connections_leave_probes_and_in_time_callers_their_place() throws Exception {
    var idle = new ArrayList<Socket>();
    try {
      for (int i = 0; i < CONNECTIONS + 100; i++) {
        idle.add(new Socket("127.0.0.1", router.port()));
      }
      assertEquals(200, router.ops("/health/live").statusCode());
      assertEquals(200, router.ops("/health/ready").statusCode());
      var caller = router.chat(ask("auto", "among the idle"));
      assertEquals(200, router.ops("/health/ready").statusCode());
      HttpResponse<String> answer = caller.get(30, TimeUnit.SECONDS);
      assertEquals(200, answer.statusCode(), answer.body());
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  private static void assertOverloaded(HttpResponse<String> answer) throws Exception {
    assertEquals(503, answer.statusCode(), answer.body());
    JsonNode error = Json.parse(answer.body()).path("error");
    assertEquals("overloaded", error.path("code").asText(), answer.body());
    assertEquals("router", error.path("source").asText());
    assertEquals("1", answer.headers().firstValue("retry-after").orElse(""));
    assertEquals("true", answer.headers().firstValue("x-should-retry").orElse(""));
  }

  private static void awaitAsked(int n) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (router.asked() < n) {
      assertTrue(System.nanoTime() < end, router.asked() + " were asked");
      Thread.onSpinWait();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(60, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(200);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

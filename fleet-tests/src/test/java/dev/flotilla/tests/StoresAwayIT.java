package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.ask;
import static dev.flotilla.tests.FleetUnderTest.askStreaming;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.FaultRow;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Requests go on when a store is away. */
@ExtendWith(SharedFleet.class)
@Tag("alone")
class StoresAwayIT {
  private static final Pattern CACHE_MILLIS = Pattern.compile("cache;dur=(\\d+)");

  private final FleetUnderTest fleet;

  StoresAwayIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  @Test
  @FaultRow(row = 73, fault = "Redis is stopped")
  void redis_stopped_no_request_fails_and_none_waits_more_than_50_ms_for_it() throws Exception {
    for (int i = 0; i < 50; i++) {
      fleet.chat(ask("auto", "before " + i));
    }
    fleet.fleet.stopRedis();
    for (Service service : Service.values()) {
      assertEquals(200, probe(service, "ready"), service + " can do without Redis");
    }
    for (int i = 0; i < 40; i++) {
      HttpResponse<String> answer =
          fleet.chat(i % 2 == 0 ? ask("auto", "away " + i) : askStreaming("auto", "away " + i));
      assertEquals(200, answer.statusCode(), answer.body());
      assertTrue(waited(answer) <= 50, "waited " + waited(answer) + " ms for Redis");
    }
    fleet.fleet.startRedis();
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    String last = "";
    for (int i = 0; System.nanoTime() < end && !last.equals("HIT"); i++) {
      fleet.chat(ask("auto", "back " + i));
      last = fleet.chat(ask("auto", "back " + i)).headers().firstValue("x-cache").orElse("");
    }
    assertEquals("HIT", last, "the cache is not used again");
  }

  @Test
  @FaultRow(row = 74, fault = "Redis is frozen")
  void redis_hanging_no_request_fails_and_none_waits_more_than_50_ms_for_it() throws Exception {
    fleet.chat(ask("auto", "warm"));
    new ProcessBuilder("kill", "-STOP", Long.toString(fleet.fleet.redisPid())).start().waitFor();
    try {
      for (int i = 0; i < 20; i++) {
        HttpResponse<String> answer = fleet.chat(ask("auto", "hanging " + i));
        assertEquals(200, answer.statusCode(), answer.body());
        assertTrue(waited(answer) <= 50, "waited " + waited(answer) + " ms for Redis");
      }
    } finally {
      new ProcessBuilder("kill", "-CONT", Long.toString(fleet.fleet.redisPid())).start().waitFor();
    }
  }

  @Test
  @FaultRow(row = 68, fault = "cost-service is stopped")
  void cost_service_stopped_chat_goes_on_and_rows_arrive_later() throws Exception {
    fleet.fleet.stop(Service.COST);
    try {
      for (int i = 0; i < 25; i++) {
        assertEquals(200, fleet.chat(ask("auto/bulk", "no ledger " + i)).statusCode());
      }
    } finally {
      fleet.fleet.start(Service.COST);
      fleet.fleet.awaitReady(Service.COST);
    }
    fleet.awaitRows("task_type = 'bulk' and state = 'settled'", 25);
  }

  @Test
  @FaultRow(row = 69, fault = "PostgreSQL is stopped")
  void postgresql_stopped_who_needs_it_is_not_ready_and_chat_goes_on() throws Exception {
    fleet.fleet.stopPostgres();
    try {
      for (Service service : List.of(Service.COST, Service.REVIEW)) {
        awaitProbe(service, 503);
        // Nothing would be better after a restart.
        assertEquals(200, probe(service, "live"), service.label());
        assertEquals(200, probe(service, "started"), service.label());
      }
      for (Service service : List.of(Service.ROUTER, Service.PROVIDER)) {
        assertEquals(200, probe(service, "ready"), service.label());
      }
      assertEquals(200, fleet.chat(ask("auto", "no database")).statusCode());
    } finally {
      fleet.fleet.startPostgres();
    }
    awaitProbe(Service.COST, 200);
    awaitProbe(Service.REVIEW, 200);
  }

  private void awaitProbe(Service service, int status) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (probe(service, "ready") != status) {
      assertTrue(System.nanoTime() < end, service + " never said " + status);
      Thread.sleep(50);
    }
  }

  private int probe(Service service, String which) throws Exception {
    var question =
        HttpRequest.newBuilder(fleet.fleet.opsUrl(service).resolve("/health/" + which)).build();
    return fleet.http.send(question, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private static long waited(HttpResponse<?> answer) {
    Matcher matcher = CACHE_MILLIS.matcher(answer.headers().firstValue("server-timing").orElse(""));
    assertTrue(matcher.find(), "no server-timing");
    return Long.parseLong(matcher.group(1));
  }
}

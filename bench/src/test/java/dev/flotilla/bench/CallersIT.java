package dev.flotilla.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.bench.load.Callers;
import dev.flotilla.bench.load.Order;
import dev.flotilla.bench.load.Seen;
import dev.flotilla.bench.load.Workload;
import dev.flotilla.bench.measured.UpstreamProcess;
import dev.flotilla.bench.upstream.Pace;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A benchmark is believed only if its own callers and its own upstream count right. */
class CallersIT {
  private static UpstreamProcess upstream;

  @BeforeAll
  static void start() throws IOException {
    upstream = UpstreamProcess.start();
  }

  @AfterAll
  static void end() {
    upstream.close();
  }

  @Test
  void callers_in_a_closed_loop_stop_at_the_number_that_was_ordered() throws Exception {
    upstream.pace(Pace.AT_ONCE);
    long before = upstream.asked();
    Seen seen = Callers.send(order(new Workload.ClosedLoop(4, 500), 60));
    assertEquals(Map.of(), seen.failures());
    assertTrue(seen.requests() >= 500 && seen.requests() < 504, "requests: " + seen.requests());
    assertEquals(seen.requests(), seen.answered());
    assertEquals(seen.requests(), upstream.asked() - before);
  }

  @Test
  void an_open_loop_keeps_its_rate_and_counts_waiting_from_when_a_request_was_due()
      throws Exception {
    upstream.pace(new Pace(300, 1, 0));
    Seen seen = Callers.send(order(new Workload.OpenLoop(50), 2));
    assertEquals(Map.of(), seen.failures());
    assertEquals(100, seen.requests(), 1);
    assertTrue(seen.answers().p50() >= 300, "p50: " + seen.answers());
  }

  @Test
  void a_stream_that_lacks_a_chunk_is_a_failure_and_a_whole_one_is_none() throws Exception {
    upstream.pace(new Pace(0, 10, 20));
    Seen whole = Callers.send(order(new Workload.Streams(5, 10, 100), 1));
    assertEquals(Map.of(), whole.failures());
    assertEquals(10 * whole.requests(), whole.chunks());
    assertTrue(whole.chunkDelays().count() > 0 && whole.firstChunks().count() > 0);

    Seen lacking = Callers.send(order(new Workload.Streams(5, 11, 0), 1));
    assertEquals(Map.of("stream with 10 of 11 chunks", lacking.requests()), lacking.failures());
    assertEquals(0, lacking.answered());
  }

  private static Order order(Workload workload, int seconds) {
    return new Order(
        upstream.address() + "/v1/chat/completions", Map.of(), 200, false, workload, 0, seconds);
  }
}

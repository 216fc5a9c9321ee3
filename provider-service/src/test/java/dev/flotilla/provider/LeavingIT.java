package dev.flotilla.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.testkit.FaultRow;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What callers of an instance see that is asked to end. */
class LeavingIT {
  private static final String STREAMED =
      "{\"model\":\"up/fast\",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"max_tokens\":50,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
  private static final String PLAIN =
      "{\"model\":\"up/fast\",\"max_tokens\":50,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

  private final WatchedUpstream upstream = new WatchedUpstream();
  private final FakeLedger ledger = FakeLedger.start();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir Path folder;

  @AfterEach
  void stop() {
    http.shutdownNow();
    upstream.close();
    ledger.close();
  }

  private RunningProvider provider(String notice, String grace) {
    TestCatalog.write(folder, upstream.baseUrl());
    return RunningProvider.start(
        folder,
        ledger.url(),
        Map.of(
            "flotilla.departure.notice", notice,
            "flotilla.departure.grace", grace,
            "flotilla.transport.attempt-header", "true"));
  }

  @Test
  @FaultRow(row = 86, fault = "provider-service is asked to end in the middle of a stream")
  void a_stream_ends_whole_and_who_comes_meanwhile_is_answered_and_sent_elsewhere()
      throws Exception {
    var goOn = new CountDownLatch(1);
    upstream.does(
        e -> {
          try (var out = WatchedUpstream.stream(e)) {
            WatchedUpstream.event(out, WatchedUpstream.chunk("Well, "));
            goOn.await();
            WatchedUpstream.event(out, WatchedUpstream.lastChunk());
            WatchedUpstream.event(out, WatchedUpstream.usageChunk(100, 17));
            WatchedUpstream.event(out, "[DONE]");
          }
        });
    try (var provider = provider("PT0.1S", "PT60S")) {
      HttpResponse<InputStream> stream =
          http.send(provider.call(STREAMED).build(), HttpResponse.BodyHandlers.ofInputStream());
      var lines = reader(stream);
      assertTrue(lines.readLine().contains("Well, "));
      assertEquals(200, provider.ops("/health/ready").statusCode());
      provider.terminate();
      awaitNotReady(provider);
      assertEquals(200, provider.ops("/health/live").statusCode());

      var usage = "{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15}";
      upstream.does(e -> WatchedUpstream.plain(e, 200, WatchedUpstream.completion(usage)));
      HttpResponse<String> late = provider.ask(PLAIN);
      assertEquals(200, late.statusCode(), late.body());
      assertEquals("close", late.headers().firstValue("connection").orElse(""));

      goOn.countDown();
      String rest = String.join("\n", lines.lines().toList());
      assertTrue(rest.strip().endsWith("data: [DONE]"), rest);
      assertEquals(143, provider.exitStatus());
      assertTrue(provider.log().contains("the ledger has everything"), provider.log());
    }
  }

  @Test
  @FaultRow(row = 86, fault = "a stream is longer than the grace")
  void a_stream_that_is_too_long_ends_with_an_error_and_what_it_cost_is_in_the_ledger()
      throws Exception {
    var never = new CountDownLatch(1);
    var attempt = new CompletableFuture<String>();
    upstream.does(
        e -> {
          attempt.complete(e.getRequestHeaders().getFirst("x-client-request-id"));
          try (var out = WatchedUpstream.stream(e)) {
            WatchedUpstream.event(out, WatchedUpstream.chunk("Well, "));
            never.await();
          }
        });
    try (var provider = provider("PT0S", "PT0.5S")) {
      HttpResponse<InputStream> stream =
          http.send(provider.call(STREAMED).build(), HttpResponse.BodyHandlers.ofInputStream());
      provider.terminate();
      String all = String.join("\n", reader(stream).lines().toList());
      assertTrue(all.contains("\"error\":{"), all);
      assertTrue(all.contains("this service is leaving"), all);
      assertFalse(all.contains("[DONE]"), all);
      assertEquals(143, provider.exitStatus());
      LedgerEntry row = ledger.awaitRow(attempt.get(30, TimeUnit.SECONDS));
      assertEquals(EntryState.ESTIMATED, row.state());
      assertTrue(row.costNanos() != null && row.costNanos() > 0, row.toString());
    } finally {
      never.countDown();
    }
  }

  private static BufferedReader reader(HttpResponse<InputStream> stream) {
    assertEquals(200, stream.statusCode());
    return new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8));
  }

  private static void awaitNotReady(RunningProvider provider) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (provider.ops("/health/ready").statusCode() == 200) {
      assertTrue(System.nanoTime() < end, "it is still ready");
      Thread.sleep(20);
    }
  }
}

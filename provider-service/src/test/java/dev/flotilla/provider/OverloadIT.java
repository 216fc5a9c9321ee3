package dev.flotilla.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.testkit.FaultRow;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More calls than a provider-service can hold. */
@Timeout(60)
class OverloadIT {
  private static final String ASK =
      """
      {"model":"up/fast","messages":[{"role":"user","content":"Is it so?"}],"max_tokens":50}""";
  private static final String USAGE =
      """
      {"prompt_tokens":100,"completion_tokens":50}""";
  private static final int MOST = 5;

  @Test
  @FaultRow(row = 83, fault = "a provider that is slow and more calls than can be held")
  void calls_that_do_not_fit_in_are_refused_at_once_and_no_provider_is_blamed(@TempDir Path folder)
      throws Exception {
    var goOn = new CountDownLatch(1);
    var asked = new AtomicInteger();
    try (var upstream = new WatchedUpstream();
        var ledger = FakeLedger.start()) {
      upstream.does(
          e -> {
            asked.incrementAndGet();
            assertTrue(goOn.await(30, TimeUnit.SECONDS));
            WatchedUpstream.plain(e, 200, WatchedUpstream.completion(USAGE));
          });
      TestCatalog.write(folder, upstream.baseUrl());
      try (var provider =
              RunningProvider.start(
                  folder,
                  ledger.url(),
                  Map.of("flotilla.completion.most-in-flight", Integer.toString(MOST)));
          var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var calls = new ArrayList<Future<HttpResponse<String>>>();
        for (int i = 0; i < MOST; i++) {
          calls.add(threads.submit(() -> provider.ask(ASK)));
        }
        while (asked.get() < MOST) {
          Thread.onSpinWait();
        }
        double best = Double.MAX_VALUE;
        for (int i = 0; i < 10 || (i < 300 && best >= 50); i++) {
          long start = System.nanoTime();
          HttpResponse<String> refused = provider.ask(ASK);
          best = Math.min(best, (System.nanoTime() - start) / 1e6);
          assertEquals(503, refused.statusCode(), refused.body());
          JsonNode error = Json.parse(refused.body()).path("error");
          assertEquals("overloaded", error.path("code").asText());
          assertEquals("shed", error.path("outcome").asText());
          assertEquals("router", error.path("source").asText());
          assertFalse(error.path("sent").asBoolean(true));
          assertEquals("1", refused.headers().firstValue("retry-after").orElse(""));
          assertEquals("[]", refused.headers().firstValue("x-flotilla-attempts").orElse(""));
        }
        assertTrue(best < 50, "the quickest refusal took " + best + " ms");
        assertEquals(200, provider.ops("/health/ready").statusCode());
        String metrics = provider.ops("/metrics").body();
        assertTrue(metrics.contains("llm_provider_shed_total{full=\"calls\""), metrics);
        goOn.countDown();
        for (var call : calls) {
          assertEquals(200, call.get().statusCode());
        }
        assertEquals(200, provider.ask(ASK).statusCode());
        assertEquals(MOST + 1, ledger.await(rows -> rows.size() >= MOST + 1).size());
      }
    }
  }
}

package dev.flotilla.router.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.router.RunningRouter;
import dev.flotilla.testkit.GeneratedPipelines;
import dev.flotilla.testkit.RealPostgres;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Pipelines nobody thought of, whose models answer well, badly, late or not at all. */
class RandomPipelinesIT {
  private static final int AT_ONCE = 8;
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private static Path folder;
  private static RunningRouter router;
  private static PipelineCaller caller;

  @BeforeContainer
  static void start() throws IOException {
    folder = Files.createTempDirectory("random-pipelines");
    router =
        PipelineCaller.router(
            folder,
            RealPostgres.freshDatabase(),
            ScriptedProvider.echoing(),
            "flotilla.pipeline.reload",
            "PT0.1S");
    caller = new PipelineCaller(router.port());
  }

  @AfterContainer
  static void stop() {
    router.close();
  }

  @Provide
  Arbitrary<List<List<Integer>>> pipelines() {
    return Arbitraries.integers()
        .between(0, 1_000_000)
        .list()
        .ofMinSize(1)
        .ofMaxSize(8)
        .list()
        .ofSize(25);
  }

  @Property(tries = 4)
  void every_run_ends_and_costs_no_more_than_was_said_before(
      @ForAll("pipelines") List<List<Integer>> choices, @ForAll long luck) throws Exception {
    router.provider(new ScriptedProvider((call, prompt) -> answer(call.key().hashCode() ^ luck)));
    List<String> names = new ArrayList<>();
    for (List<Integer> each : choices) {
      String name = "random-" + NUMBER.incrementAndGet();
      String text = GeneratedPipelines.text(each, List.of("up/m", "up/m"));
      Path file = folder.resolve("pipelines/" + name + ".yaml");
      Files.createDirectories(file.getParent());
      Files.writeString(file, text.replace("name: generated", "name: " + name));
      names.add(name);
    }
    for (String name : names) {
      while (caller.get("/v1/pipelines/" + name).status() == 404) {
        PipelineCaller.pause();
      }
    }
    try (var together = Executors.newFixedThreadPool(AT_ONCE)) {
      var ends = new ArrayList<Future<?>>();
      names.forEach(name -> ends.add(together.submit(() -> endsWithinItsPrice(name))));
      for (Future<?> end : ends) {
        end.get();
      }
    }
  }

  private static void endsWithinItsPrice(String pipeline) {
    String input = "{\"input\":{\"topic\":\"hello\",\"words\":[\"a\",\"b\",\"\"]}}";
    PipelineCaller.Answer price =
        caller.post("/v1/pipelines/" + pipeline + "/runs?dry_run=true", input);
    assertEquals(200, price.status(), price.body().toString());
    BigDecimal highest = price.body().path("highest_usd").decimalValue();
    JsonNode run = caller.awaitEnd(caller.begin(pipeline, input));
    BigDecimal cost = run.at("/usage/cost").decimalValue();
    assertTrue(cost.compareTo(highest) <= 0, cost + " > " + highest + ": " + run);
    assertTrue(
        List.of("completed", "failed").contains(run.path("status").asText()), run.toString());
    // A run that fails says at which step, and keeps what was done before.
    assertEquals(
        run.path("status").asText().equals("failed"),
        run.path("error").has("step"),
        run.toString());
  }

  /** Null for a provider that is broken. */
  private static String answer(long luck) throws InterruptedException {
    int throwing = new Random(luck).nextInt(100);
    if (throwing < 3) {
      return null;
    }
    if (throwing < 8) {
      Thread.sleep(50);
    }
    return throwing < 25 ? "no JSON at all" : "{\"well\": true}";
  }
}

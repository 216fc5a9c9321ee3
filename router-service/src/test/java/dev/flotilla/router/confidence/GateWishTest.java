package dev.flotilla.router.confidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.learning.confidence.AuditedAnswer;
import dev.flotilla.learning.confidence.ConfidenceTraining;
import dev.flotilla.learning.confidence.Features;
import dev.flotilla.router.Requests;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.router.routing.RoutePolicy;
import dev.flotilla.router.routing.RoutePolicy.Planned;
import dev.flotilla.router.routing.Routing;
import dev.flotilla.router.routing.RoutingFile;
import dev.flotilla.router.upstream.CallOutcome;
import dev.flotilla.router.validation.Validation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GateWishTest {
  private static final Path CONFIG = Path.of("..", "config");

  @TempDir Path folder;

  private final Catalog catalog =
      Catalog.read(CONFIG.resolve("catalog"), Set.of("sim-north", "sim-south"));
  private final Model fast = catalog.find("sim-north/fast").orElseThrow();
  private final Model other = catalog.find("sim-south/fast").orElseThrow();
  private final Model balanced = catalog.find("sim-north/balanced").orElseThrow();

  /** Nobody's logprobs: simulated models give none. */
  @BeforeEach
  void audits() throws IOException {
    var random = new Random(3);
    var audits = new ArrayList<AuditedAnswer>();
    for (int i = 0; i < 2000; i++) {
      boolean good = random.nextInt(4) > 0;
      double agreement = Math.clamp((good ? 0.9 : 0.3) + 0.15 * random.nextGaussian(), 0, 1);
      audits.add(new AuditedAnswer("bulk", fast.id(), new Features(null, agreement, null), good));
      audits.add(new AuditedAnswer("bulk", "x/sure", new Features(-0.1, agreement, 1.0), good));
      if (i < 20) {
        audits.add(
            new AuditedAnswer("bulk", other.id(), new Features(null, agreement, null), good));
      }
    }
    ConfidenceTraining.train(audits, "made up").write(folder.resolve("confidence.model"));
    Files.writeString(folder.resolve("damaged.model"), "{}");
  }

  private Routing routing(String candidates, String confidence) throws IOException {
    String shipped =
        Files.readString(CONFIG.resolve("routing.yaml"))
            .replace("  learned: task-types.model\n", "");
    Path file =
        Files.writeString(
            folder.resolve("routing.yaml"),
            shipped.replace(
                "bulk: {candidates: [fast, balanced]}",
                "bulk: {candidates: " + candidates + ", confidence: " + confidence + "}"));
    return RoutingFile.read(file, catalog, new Validation());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          [sim-north/fast, balanced] | {}                                           | confidence.model is missing
          [sim-north/fast, balanced] | {model: none.model}                          | ./fleet train confidence --data FILE
          [sim-north/fast, balanced] | {model: damaged.model}                       | ./fleet train confidence --data FILE
          [sim-north/fast, balanced] | {model: confidence.model, accept: 0.96}      | write one of [0.9, 0.95, 0.97, 0.99]
          [sim-north/fast, balanced] | {model: confidence.model, samples: 3}        | samples is 3
          [sim-north/fast, balanced] | {model: confidence.model, samples: 1}        | write samples: 2
          [sim-north/fast]           | {model: confidence.model}                    | a second entry
          [flagship, sim-north/fast, balanced] | {model: confidence.model}                | no calibration for bulk answers of sim-north/flagship
          [fast, balanced]           | {model: confidence.model}                    | sim-south/fast's answers in confidence.model (20 audited
          [sim-north/fast, balanced] | {model: confidence.model, threshold: 0.4}    | threshold""")
  void what_cannot_work_is_refused_with_what_to_write(
      String candidates, String confidence, String told) {
    var e = assertThrows(ConfigurationException.class, () -> routing(candidates, confidence));
    assertTrue(String.valueOf(e.getMessage()).contains(told), e::toString);
    assertTrue(String.valueOf(e.getMessage()).contains("routing.yaml"), e::toString);
  }

  @Test
  void another_calibration_is_another_policy() throws IOException {
    String one = routing("[sim-north/fast, balanced]", "{model: confidence.model}").version();
    Path model = folder.resolve("confidence.model");
    Files.writeString(model, Files.readString(model).replace("made up", "made up anew"));
    assertNotEquals(
        one, routing("[sim-north/fast, balanced]", "{model: confidence.model}").version());
  }

  @Test
  void only_who_has_somebody_stronger_behind_is_doubted() throws IOException {
    Gates gates =
        routing("[sim-north/fast, balanced]", "{model: confidence.model}")
            .task(TaskType.BULK)
            .gates();
    var request =
        Requests.of(
            "{\"model\":\"auto\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
    assertTrue(!gates.asked(fast, request).stream(), "held back");
    assertSame(request, gates.asked(balanced, request));
    assertSame(request, gates.sparing(fast).asked(fast, request));
  }

  @Test
  void several_choices_and_named_models_are_not_doubted() throws IOException {
    var policy =
        new RoutePolicy(
            catalog,
            routing("[sim-north/fast, balanced]", "{model: confidence.model}"),
            new Validation());
    String stream = "\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
    assertTrue(heldBack(policy, "{\"model\":\"auto/bulk\"," + stream));
    assertTrue(
        !heldBack(policy, "{\"model\":\"sim-north/fast\",\"models\":[\"balanced\"]," + stream));
    assertTrue(!heldBack(policy, "{\"model\":\"auto/standard\"," + stream));
  }

  private boolean heldBack(RoutePolicy policy, String json) {
    var request = Requests.of(json);
    var ready = assertInstanceOf(Planned.Ready.class, policy.planFor(request, Requests.ANYBODY));
    return !ready.plan().gates().asked(fast, request).stream();
  }

  @Test
  void a_second_answer_decides_and_its_cost_is_kept() throws IOException {
    Gates gates =
        routing("[sim-north/fast, balanced]", "{model: confidence.model}")
            .task(TaskType.BULK)
            .gates();
    var first = new CallOutcome.Answered(AgreementTest.saying("It is 42"), false, List.of());
    var asked = new ArrayList<ChatRequest>();
    var request =
        Requests.of(
            "{\"model\":\"auto\",\"seed\":5,\"temperature\":0,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
    var agreed =
        gates.judge(
            fast,
            first,
            request,
            again -> {
              asked.add(again);
              return first;
            });
    assertInstanceOf(CallOutcome.Answered.class, agreed.outcome());
    var unsure =
        gates.judge(
            fast,
            first,
            request,
            again -> new CallOutcome.Failed("timeout", "too slow", null, List.of()));
    var doubted = assertInstanceOf(CallOutcome.Unsure.class, unsure.outcome());
    assertEquals("low_confidence", doubted.reason());
    assertEquals(1, asked.size());
    assertTrue(!asked.getFirst().body().has("seed"), "a seed would say the same again");
    assertEquals(0.7, asked.getFirst().body().path("temperature").asDouble());
    assertTrue(unsure.confidence() != null && unsure.confidence().score() == null);
    assertSame(first, gates.judge(balanced, first, request, again -> first).outcome());
  }
}

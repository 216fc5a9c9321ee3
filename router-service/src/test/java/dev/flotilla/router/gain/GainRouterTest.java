package dev.flotilla.router.gain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.learning.gain.GainFile;
import dev.flotilla.learning.gain.MeasuredGain;
import dev.flotilla.learning.gain.RecordedPair;
import dev.flotilla.router.Requests;
import dev.flotilla.router.classification.Classification.DecidedBy;
import dev.flotilla.router.routing.Plan;
import dev.flotilla.router.routing.RoutePolicy;
import dev.flotilla.router.routing.RoutePolicy.Planned;
import dev.flotilla.router.routing.Routing;
import dev.flotilla.router.routing.RoutingFile;
import dev.flotilla.router.validation.Validation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Questions about integrals gain from the strong model, and those about rivers do not. */
class GainRouterTest {
  private static final Path CONFIG = Path.of("..", "config");
  private static final String EASY = "What about the river number 7?";
  private static final String HARD = "What about the integral number 7?";

  /** Standard requests are for sim-north/balanced otherwise. */
  private static final String ENTRY =
      "{candidates: [sim-north/balanced], gain: {model: standard.gain, cheap: sim-north/fast,"
          + " strong: sim-north/flagship, quality: 0.97}}";

  private static final List<String> CHEAP_FIRST =
      List.of("sim-north/fast", "sim-north/balanced", "sim-north/flagship");
  private static final List<String> STRONG_FIRST =
      List.of("sim-north/flagship", "sim-north/balanced", "sim-north/fast");

  @TempDir static Path folder;

  private static final Catalog CATALOG =
      Catalog.read(CONFIG.resolve("catalog"), Set.of("sim-north", "sim-south"));

  @BeforeAll
  static void train() throws Exception {
    List<RecordedPair> pairs =
        IntStream.range(0, 100)
            .mapToObj(
                i ->
                    new RecordedPair(
                        "What about the %s number %d?"
                            .formatted(i % 2 == 0 ? "integral" : "river", i / 2),
                        i % 2,
                        1))
            .toList();
    GainFile.write(
        MeasuredGain.of(new RecordedPair.Recorded(pairs, "small", "large", 0), "integrals"),
        folder.resolve("standard.gain"));
    Files.copy(CONFIG.resolve("task-types.model"), folder.resolve("task-types.model"));
  }

  /**
   * @param entry what stands under standard
   */
  private static Routing routing(String entry) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("routing.yaml"),
            Files.readString(CONFIG.resolve("routing.yaml"))
                .replace("standard: {candidates: [balanced, flagship]}", "standard: " + entry));
    return RoutingFile.read(file, CATALOG, new Validation());
  }

  private static Plan plan(String entry, String body, Caller caller) throws IOException {
    var policy = new RoutePolicy(CATALOG, routing(entry), new Validation());
    return assertInstanceOf(Planned.Ready.class, policy.planFor(Requests.of(body), caller)).plan();
  }

  private static Plan plan(String body) throws IOException {
    return plan(ENTRY, body, Requests.ANYBODY);
  }

  private static String standard(String text, String more) {
    return "{\"model\":\"auto/standard\",%s\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
        .formatted(more, text);
  }

  private static List<String> ids(Plan plan) {
    return plan.candidates().stream().map(Model::id).toList();
  }

  @Test
  void a_prompt_that_gains_goes_to_the_strong_model_first_and_any_other_to_the_cheap_one()
      throws IOException {
    Plan easy = plan(standard(EASY, ""));
    assertEquals(CHEAP_FIRST, ids(easy));
    assertEquals("cheap", easy.gain().chose());
    assertTrue(easy.gain().gain() <= easy.gain().threshold(), easy::toString);
    assertEquals(DecidedBy.HINT, easy.classification().decidedBy());
    Plan hard = plan(standard(HARD, ""));
    assertEquals(STRONG_FIRST, ids(hard));
    assertEquals("strong", hard.gain().chose());
    assertTrue(hard.gain().gain() > hard.gain().threshold(), hard::toString);
  }

  @Test
  void an_alias_stands_for_all_its_models_and_nobody_is_asked_twice() throws IOException {
    String entry =
        "{candidates: [balanced, flagship], gain: {model: standard.gain, cheap: fast, strong:"
            + " flagship, strong_share: 0.5}}";
    assertEquals(
        List.of(
            "sim-north/fast",
            "sim-south/fast",
            "sim-south/balanced",
            "sim-north/balanced",
            "sim-north/flagship",
            "sim-south/flagship"),
        ids(plan(entry, standard(EASY, ""), Requests.ANYBODY)));
    assertEquals(
        List.of("sim-north/flagship", "sim-south/flagship", "sim-south/balanced"),
        ids(plan(entry, standard(HARD, ""), Requests.ANYBODY)).subList(0, 3));
  }

  @Test
  void a_budget_says_how_many_go_to_the_strong_model() throws IOException {
    String none = ENTRY.replace("quality: 0.97", "strong_share: 0");
    assertEquals(CHEAP_FIRST, ids(plan(none, standard(HARD, ""), Requests.ANYBODY)));
    String all = ENTRY.replace("quality: 0.97", "strong_share: 1");
    assertEquals(STRONG_FIRST, ids(plan(all, standard(EASY, ""), Requests.ANYBODY)));
  }

  @Test
  void only_the_types_that_have_one_are_ordered_and_never_what_the_caller_named()
      throws IOException {
    Plan complex = plan(standard(EASY, "").replace("auto/standard", "auto/complex"));
    assertNull(complex.gain());
    assertNotEquals("sim-north/fast", ids(complex).getFirst());
    Plan named = plan(standard(EASY, "\"models\":[\"sim-south/fast\",\"sim-north/flagship\"],"));
    assertNull(named.gain());
    assertEquals(List.of("sim-south/fast", "sim-north/flagship"), ids(named));
    assertNull(plan(standard(EASY, "").replace("auto/standard", "sim-south/fast")).gain());
  }

  @Test
  void what_was_classified_is_ordered_like_what_was_hinted() throws IOException {
    Plan auto =
        plan(
            ENTRY.replace("quality: 0.97", "strong_share: 0"),
            standard("Who painted the ceiling of the Sistine Chapel?", "")
                .replace("auto/standard", "auto"),
            Requests.ANYBODY);
    assertEquals(DecidedBy.CLASSIFIER, auto.classification().decidedBy());
    assertEquals(CHEAP_FIRST, ids(auto));
  }

  @Test
  void what_a_key_may_use_and_what_a_caller_expects_narrow_it_as_before() throws IOException {
    Caller noFlagship = Requests.caller("t", "sim-north/fast", "sim-north/balanced");
    Plan narrow = plan(ENTRY, standard(HARD, ""), noFlagship);
    assertEquals(List.of("sim-north/balanced", "sim-north/fast"), ids(narrow));
    assertEquals("strong", narrow.gain().chose());
    assertEquals(
        List.of("sim-north/balanced", "sim-north/flagship"),
        ids(plan(standard(EASY, "\"route\":{\"quality_threshold\":7},"))));
    // Nobody here is good enough, so those of complex tasks are asked, in their order.
    Plan better =
        plan(
            ENTRY.replace("strong: sim-north/flagship", "strong: sim-north/balanced"),
            standard(HARD, "\"route\":{\"quality_threshold\":8},"),
            Requests.ANYBODY);
    assertNull(better.gain());
    assertEquals(List.of("sim-north/flagship", "sim-south/flagship"), ids(better));
  }

  @Test
  void an_entry_that_cannot_be_meant_is_refused_with_place_and_remedy() throws IOException {
    mistake("cheap: sim-north/fast", "cheap: fst", "gain.cheap names 'fst'", "fast");
    mistake(
        "strong: sim-north/flagship", "strong: sim-embedding", "gain.strong", "does not converse");
    mistake("cheap: sim-north/fast, ", "", "gain.cheap is missing", "cheap: fast");
    mistake(
        "strong: sim-north/flagship", "strong: sim-north/fast", "nothing to choose", "two models");
    mistake(", quality: 0.97", "", "neither quality nor strong_share", "quality: 0.97");
    mistake("quality: 0.97", "quality: 0.9, strong_share: 0.4", "both quality and strong_share");
    mistake("quality: 0.97", "strong_share: 40", "strong_share is 40.0", "from 0 to 1");
    mistake("quality: 0.97", "strong_share: NaN", "strong_share is NaN", "from 0 to 1");
    mistake("quality: 0.97", "quality: 0", "quality is 0.0", "like 0.97");
    mistake("quality: 0.97", "qualitty: 0.97", "qualitty");
    mistake(
        "quality: 0.97",
        "quality: 1.2",
        "task_types.standard.gain.quality is 1.2",
        "never reached",
        "small and large together kept at most 1.0000",
        "with 50 %");
    mistake("model: standard.gain, ", "", "gain.model is missing", "./fleet train gain");
    mistake("standard.gain", "none.gain", "none.gain, which cannot be read", "./fleet train gain");
    mistake("standard.gain", "task-types.model", "no gain router", "./fleet train gain");
    Files.writeString(
        folder.resolve("half.gain"),
        Files.readString(folder.resolve("standard.gain")).substring(0, 5_000));
    mistake("standard.gain", "half.gain", "half.gain is damaged", "./fleet train gain");
  }

  private static void mistake(String right, String wrong, String... parts) {
    var e =
        assertThrows(
            ConfigurationException.class, () -> routing(ENTRY.replace(right, wrong)), wrong);
    for (String part : parts) {
      assertTrue(
          String.valueOf(e.getMessage()).contains(part),
          () -> part + " is not in: " + e.getMessage());
    }
  }

  @Test
  void another_model_is_another_policy() throws IOException {
    String version = routing(ENTRY).version();
    assertEquals(version, routing(ENTRY).version());
    Path model = folder.resolve("standard.gain");
    String before = Files.readString(model);
    Files.writeString(model, before.replace("trained on integrals", "trained on others"));
    assertNotEquals(version, routing(ENTRY).version());
    Files.writeString(model, before);
  }
}

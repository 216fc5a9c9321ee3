package dev.flotilla.review.reviewer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.review.policy.Independence;
import dev.flotilla.review.policy.Policies;
import dev.flotilla.review.policy.Policy;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** On the catalogue we ship: three pretend providers, each with a large and a small family. */
class EligibilityTest {
  private static final Path CATALOG = Path.of("../config/catalog");
  private static final Catalog USABLE =
      Catalog.read(CATALOG, Set.of("sim-north", "sim-south", "sim-east"));
  private static final Caller ANYTHING = caller("*");

  private final Eligibility eligibility =
      new Eligibility(USABLE, Catalog.readAll(CATALOG), new Random(1));

  @Test
  void a_panel_nobody_named_is_the_best_of_each_family() {
    assertEquals(
        Set.of("sim-north/flagship", "sim-south/flagship", "sim-east/flagship"),
        panel(seat(List.of(), List.of(), Independence.FAMILY, ANYTHING)));
  }

  @Test
  void no_reviewer_is_of_an_authors_family() {
    Set<String> panel =
        panel(seat(List.of(), List.of("sim-north/balanced"), Independence.FAMILY, ANYTHING));
    assertTrue(
        panel.stream().noneMatch(id -> USABLE.find(id).orElseThrow().family().equals("north-1")),
        panel.toString());
  }

  @Test
  void by_model_only_the_author_itself_is_out() {
    Set<String> panel =
        panel(
            seat(
                List.of("sim-north/flagship", "sim-south/flagship", "sim-east/fast"),
                List.of("sim-north/balanced"),
                Independence.MODEL,
                ANYTHING));
    assertTrue(panel.contains("sim-north/flagship"));
  }

  @Test
  void by_provider_all_models_of_the_authors_provider_are_out() {
    Seating.Refused refused =
        refused(seat(List.of(), List.of("sim-north/fast"), Independence.PROVIDER, ANYTHING));
    assertEquals("too_few_reviewers", refused.code());
    assertTrue(
        refused
            .reason()
            .contains("sim-north/flagship: of the same provider sim-north as the author"),
        refused.reason());
  }

  @Test
  void an_author_is_refused_as_a_reviewer_under_an_alias() {
    // "balanced" is sim-south/balanced here
    Seating.Refused refused =
        refused(
            seat(
                List.of("balanced", "sim-north/flagship", "sim-east/flagship"),
                List.of("sim-south/balanced"),
                Independence.FAMILY,
                ANYTHING));
    assertEquals("reviewer_not_independent", refused.code());
    assertEquals(
        List.of(
            new Exclusion(
                "balanced",
                "sim-south/balanced",
                "the same model as the author sim-south/balanced")),
        refused.excluded());
  }

  @Test
  void an_author_is_refused_with_a_simulated_fault_behind_its_name() {
    assertEquals(
        "reviewer_not_independent",
        refused(
                seat(
                    List.of("sim-south/balanced:500", "sim-north/fast", "sim-east/fast"),
                    List.of("sim-south/balanced"),
                    Independence.MODEL,
                    ANYTHING))
            .code());
    assertEquals(
        "reviewer_not_independent",
        refused(
                seat(
                    List.of("sim-south/balanced", "sim-north/fast", "sim-east/fast"),
                    List.of("sim-south/balanced:slow"),
                    Independence.MODEL,
                    ANYTHING))
            .code());
  }

  @Test
  void an_author_known_by_an_alias_is_whoever_may_stand_behind_it() {
    Set<String> panel = panel(seat(List.of(), List.of("flagship"), Independence.FAMILY, ANYTHING));
    assertEquals(Set.of("sim-north/fast", "sim-south/fast", "sim-east/fast"), panel);
  }

  @Test
  void one_model_under_two_names_and_two_of_a_family_are_one_vote() {
    Seating.Refused refused =
        refused(
            seat(
                List.of("sim-north/fast", "sim-north/fast:slow", "sim-south/flagship", "balanced"),
                List.of(),
                Independence.FAMILY,
                ANYTHING));
    assertEquals("too_few_reviewers", refused.code());
    assertEquals(
        List.of("sim-north/fast:slow", "balanced"),
        refused.excluded().stream().map(Exclusion::name).toList());
    assertTrue(
        refused
            .reason()
            .contains(
                "balanced (sim-south/balanced): of the same family south-1 as the reviewer sim-south/flagship"),
        refused.reason());
  }

  @Test
  void a_model_that_embeds_is_no_reviewer() {
    Seating.Refused refused =
        refused(
            seat(
                List.of("sim-north/embedding", "sim-embedding"),
                List.of(),
                Independence.FAMILY,
                caller("*")));
    assertEquals(2, refused.excluded().size());
    assertTrue(
        refused.excluded().stream().allMatch(each -> each.reason().contains("vectors")),
        refused.reason());
  }

  @Test
  void nobody_is_asked_whom_the_caller_may_not_use() {
    Seating.Refused refused =
        refused(seat(List.of(), List.of(), Independence.FAMILY, caller("sim-north/*")));
    assertEquals("too_few_reviewers", refused.code());
    assertTrue(
        refused.reason().contains("sim-south/flagship: not among the models this key may use"),
        refused.reason());
  }

  @Test
  void an_author_nobody_knows_is_refused_and_one_whose_provider_is_off_is_not() {
    assertEquals(
        "unknown_author_model",
        refused(seat(List.of(), List.of("auto"), Independence.FAMILY, ANYTHING)).code());
    assertEquals(
        3, panel(seat(List.of(), List.of("openai/gpt-5.6"), Independence.FAMILY, ANYTHING)).size());
  }

  @Test
  void a_stand_in_is_independent_of_authors_and_of_those_who_sit() {
    Bench bench =
        ready(
            seat(
                List.of("sim-north/flagship:500", "sim-south/flagship", "sim-east/flagship"),
                List.of("sim-north/fast"),
                Independence.FAMILY,
                ANYTHING));
    Model failed = USABLE.find("sim-north/flagship:500").orElseThrow();
    Model second = bench.standInFor(failed).orElseThrow();
    // not sim-north/flagship, which is the one that failed, and not another flagship, which sit
    assertEquals("sim-north/balanced", second.id());
    Model third = bench.standInFor(second).orElseThrow();
    assertEquals("sim-south/fast", third.id());
    assertEquals("sim-east/fast", bench.standInFor(third).orElseThrow().id());
  }

  @Test
  void the_order_of_seats_is_shuffled() {
    assertTrue(
        new Random(0)
                .longs(20)
                .mapToObj(
                    seed ->
                        ready(
                                new Eligibility(USABLE, USABLE, new Random(seed))
                                    .seat(
                                        policy(Independence.FAMILY),
                                        List.of(),
                                        List.of(),
                                        ANYTHING))
                            .seated())
                .distinct()
                .count()
            > 1);
  }

  private Seating seat(
      List<String> reviewers, List<String> authors, Independence independence, Caller caller) {
    return eligibility.seat(policy(independence), reviewers, authors, caller);
  }

  private static Policy policy(Independence independence) {
    return Policies.of(
        "test",
        "panel: {size: 3, independence: %s, prefer: [flagship, balanced, fast]}\nagree: 2\n"
            .formatted(independence.word()));
  }

  private static Caller caller(String models) {
    return new Caller("growth", "k_1", null, Set.of("caller"), List.of(models));
  }

  private static Bench ready(Seating seating) {
    return assertInstanceOf(Seating.Ready.class, seating).bench();
  }

  private static Set<String> panel(Seating seating) {
    return ready(seating).seated().stream().map(Model::id).collect(Collectors.toSet());
  }

  private static Seating.Refused refused(Seating seating) {
    return assertInstanceOf(Seating.Refused.class, seating);
  }
}

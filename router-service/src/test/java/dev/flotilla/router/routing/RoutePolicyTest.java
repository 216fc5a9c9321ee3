package dev.flotilla.router.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.router.Requests;
import dev.flotilla.router.exchange.BestEffort;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.router.routing.RoutePolicy.Planned;
import dev.flotilla.router.validation.Validation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoutePolicyTest {
  private static final Path CONFIG = Path.of("..", "config");

  private final Catalog catalog =
      Catalog.read(CONFIG.resolve("catalog"), Set.of("sim-north", "sim-south", "deepseek"));
  private final Validation validation = new Validation();
  private final RoutePolicy policy =
      new RoutePolicy(catalog, file(CONFIG.resolve("routing.yaml")), validation);

  private Routing file(Path file) {
    return RoutingFile.read(file, catalog, validation);
  }

  @Test
  void hints_name_the_type_add_fallbacks_and_keep_models_out() {
    Plan bulk = hinted("{\"task_type\":\"bulk\"}");
    assertEquals(TaskType.BULK, bulk.classification().taskType());
    Plan good = hinted("{\"task_type\":\"bulk\",\"quality_threshold\":8}");
    assertEquals(TaskType.BULK, good.classification().taskType());
    assertTrue(ids(good).stream().allMatch(id -> !id.contains("fast") && !id.contains("balanced")));
    Plan more =
        ready(
            """
            {"model":"sim-south/fast","route":{"fallbacks":["sim-north/balanced","fast"]},
             "messages":[{"role":"user","content":"x"}]}""");
    assertEquals(List.of("sim-south/fast", "sim-north/balanced"), ids(more).subList(0, 2));
  }

  @Test
  void best_effort_is_the_requests_or_its_task_types_and_nobody_elses(@TempDir Path folder)
      throws IOException {
    String shipped = Files.readString(CONFIG.resolve("routing.yaml"));
    String asking =
        shipped
            .replace("  learned: task-types.model\n", "")
            .replace("bulk: {", "bulk: {best_effort: last, ");
    var lasting =
        new RoutePolicy(
            catalog, file(Files.writeString(folder.resolve("lasting.yaml"), asking)), validation);
    String auto =
        "{\"model\":\"auto/bulk\",%s\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
    String none = auto.formatted("\"route\":{\"best_effort\":\"none\"},");
    assertEquals(BestEffort.LAST, plan(lasting, auto.formatted("")).bestEffort());
    assertEquals(BestEffort.NONE, plan(lasting, none).bestEffort());
    String named = auto.formatted("").replace("auto/bulk", "sim-north/fast");
    assertEquals(BestEffort.NONE, plan(lasting, named).bestEffort(), "no task type, no policy");
    assertEquals(BestEffort.NONE, plan(policy, auto.formatted("")).bestEffort());
    assertEquals(BestEffort.LAST, hinted("{\"best_effort\":\"last\"}").bestEffort());
    mistake(
        folder,
        shipped.replace("bulk: {", "bulk: {best_effort: first, "),
        "task_types.bulk.best_effort",
        "'first'",
        "write last");
  }

  @Test
  void a_drained_provider_is_nobodys_choice_and_who_names_it_alone_hears_why() {
    var without = policy.without("sim-north"::equals);
    for (String type : List.of("bulk", "standard", "structured", "complex")) {
      Plan plan =
          plan(
              without,
              "{\"model\":\"auto/%s\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"
                  .formatted(type));
      assertTrue(ids(plan).stream().noneMatch(id -> id.startsWith("sim-north/")), type);
      assertTrue(plan.cheapest().stream().noneMatch(m -> m.id().startsWith("sim-north/")), type);
      assertTrue(
          plan.passedOver().stream().anyMatch(over -> over.why().equals("its provider is drained")),
          type);
    }
    String named =
        "{\"model\":\"sim-north/fast\",%s\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
    var refused =
        assertInstanceOf(
            Planned.Refused.class,
            without.planFor(Requests.of(named.formatted("")), Requests.ANYBODY));
    assertEquals(503, refused.error().status());
    assertEquals("provider_drained", refused.error().code());
    assertTrue(refused.error().message().contains("sim-north/fast"), refused.error().message());
    Plan other = plan(without, named.formatted("\"route\":{\"fallbacks\":[\"sim-south/fast\"]},"));
    assertEquals(List.of("sim-south/fast"), ids(other));
    assertEquals("sim-north/fast", ids(plan(policy, named.formatted(""))).getFirst());
  }

  private static Plan plan(RoutePolicy policy, String body) {
    return assertInstanceOf(
            Planned.Ready.class, policy.planFor(Requests.of(body), Requests.ANYBODY))
        .plan();
  }

  @Test
  void a_schema_or_rule_that_cannot_be_used_is_refused_with_its_place() {
    for (String validate :
        List.of(
            "{\"rules\":[\"true\", \"output.size( <\"]}",
            "{\"rules\":[\"1 + 1\"]}",
            "{\"rules\":[\"prompt == 'x'\"]}",
            "{\"schema\":{\"type\":\"strange\"}}",
            "{\"schema\":{\"pattern\":\"(\"}}",
            "{\"schema\":{\"$ref\":\"http://127.0.0.1:1/schema.json\"}}")) {
      var request =
          Requests.of(
              "{\"model\":\"auto\",\"route\":{\"validate\":"
                  + validate
                  + "},\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
      var refused =
          assertInstanceOf(
              Planned.Refused.class, policy.planFor(request, Requests.ANYBODY), validate);
      assertEquals("invalid_validator", refused.error().code());
      assertTrue(String.valueOf(refused.error().param()).startsWith("route.validate."), validate);
    }
  }

  private Plan hinted(String route) {
    return ready(
        "{\"model\":\"auto\",\"route\":"
            + route
            + ",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
  }

  private Plan ready(String body) {
    return plan(policy, body);
  }

  @Test
  void auto_is_classified_and_an_alias_stands_for_models_of_several_providers() {
    Plan plan = ready("auto", "translate this", Requests.ANYBODY);
    assertEquals(TaskType.BULK, plan.classification().taskType());
    assertEquals(
        List.of("deepseek/deepseek-v4-flash", "sim-north/fast", "sim-south/fast"),
        ids(plan).subList(0, 3));
  }

  @Test
  void a_named_type_skips_the_classification_and_a_named_model_has_none() {
    assertEquals(
        TaskType.COMPLEX,
        ready("auto/complex", "translate", Requests.ANYBODY).classification().taskType());
    Plan pinned = ready("sim-north/fast", "translate", Requests.ANYBODY);
    assertNull(pinned.classification());
    assertEquals(List.of("sim-north/fast"), ids(pinned));
  }

  @Test
  void the_callers_own_order_is_kept() {
    var request =
        Requests.of(
            """
            {"model":"sim-south/fast","models":["sim-south/fast","sim-north/fast:500"],
             "messages":[{"role":"user","content":"x"}]}""");
    var planned = assertInstanceOf(Planned.Ready.class, policy.planFor(request, Requests.ANYBODY));
    assertEquals(List.of("sim-south/fast", "sim-north/fast:500"), ids(planned.plan()));
  }

  @Test
  void a_model_the_key_may_not_use_is_passed_over_or_refused() {
    Caller northern = Requests.caller("t", "sim-north/*");
    assertTrue(
        ids(ready("auto", "hello", northern)).stream().allMatch(id -> id.startsWith("sim-north/")));
    ApiError error = refused("deepseek/deepseek-v4-pro", northern);
    assertEquals(403, error.status());
    assertTrue(error.message().contains("sim-north/*"), error.message());
  }

  @Test
  void an_unknown_model_gets_the_nearest_names_and_an_unknown_type_the_known_ones() {
    ApiError model = refused("deepseek/deepseek-v4-flsh", Requests.ANYBODY);
    assertEquals(404, model.status());
    assertTrue(model.message().contains("deepseek/deepseek-v4-flash"), model.message());
    ApiError type = refused("auto/hard", Requests.ANYBODY);
    assertEquals("unknown_task_type", type.code());
    assertTrue(type.message().contains("auto/complex"), type.message());
  }

  @Test
  void what_a_model_cannot_do_removes_it_and_if_none_can_the_parameter_is_named() {
    String schema =
        """
        {"model":"%s","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema"}}""";
    var auto =
        assertInstanceOf(
            Planned.Ready.class,
            policy.planFor(Requests.of(schema.formatted("auto")), Requests.ANYBODY));
    assertTrue(
        ids(auto.plan()).stream().noneMatch(id -> id.startsWith("deepseek/")),
        ids(auto.plan()).toString());
    var pinned =
        assertInstanceOf(
            Planned.Refused.class,
            policy.planFor(
                Requests.of(schema.formatted("deepseek/deepseek-v4-pro")), Requests.ANYBODY));
    assertEquals("unsupported_parameter", pinned.error().code());
    assertEquals("response_format", pinned.error().param());
  }

  @Test
  void a_routing_file_that_names_nobody_is_refused_with_place_and_remedy(@TempDir Path folder)
      throws IOException {
    String shipped = Files.readString(CONFIG.resolve("routing.yaml"));
    mistake(
        folder,
        shipped.replace("[flagship, balanced]", "[flagshp]"),
        "task_types.complex",
        "flagshp",
        "flagship");
    mistake(folder, shipped.replace("type: bulk", "type: bulky"), "bulky", "bulk");
    mistake(folder, shipped.replace("confidence: 0.57", "confidence: 57"), "57.0", "from 0 to 1");
    mistake(folder, shipped.replace("task_types:", "tsk_types:"), "tsk_types");
  }

  private void mistake(Path folder, String content, String... parts) throws IOException {
    Path file = Files.writeString(folder.resolve("routing.yaml"), content);
    var e = assertThrows(ConfigurationException.class, () -> file(file));
    for (String part : parts) {
      assertTrue(
          String.valueOf(e.getMessage()).contains(part),
          () -> part + " is not in: " + e.getMessage());
    }
  }

  private Plan ready(String model, String text, Caller caller) {
    var request =
        Requests.of(
            "{\"model\":\""
                + model
                + "\",\"messages\":[{\"role\":\"user\",\"content\":\""
                + text
                + "\"}]}");
    return assertInstanceOf(Planned.Ready.class, policy.planFor(request, caller)).plan();
  }

  private ApiError refused(String model, Caller caller) {
    var request =
        Requests.of(
            "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
    return assertInstanceOf(Planned.Refused.class, policy.planFor(request, caller)).error();
  }

  private static List<String> ids(Plan plan) {
    return plan.candidates().stream().map(Model::id).toList();
  }
}

package dev.flotilla.router.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.Requests;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.Hints;
import dev.flotilla.router.exchange.HintsReader;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.router.routing.RoutePolicy.Planned;
import dev.flotilla.router.validation.Validation;
import dev.flotilla.testkit.Injections;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Texts may say what they like; who may be asked and what for was said by the key. */
class InjectionsTest {
  private static final Path CONFIG = Path.of("..", "config");

  private final Catalog catalog =
      Catalog.read(CONFIG.resolve("catalog"), Set.of("sim-north", "sim-south", "sim-east"));
  private final Validation validation = new Validation();
  private final RoutePolicy policy =
      new RoutePolicy(
          catalog,
          RoutingFile.read(CONFIG.resolve("routing.yaml"), catalog, validation),
          validation);

  @Test
  void no_text_leads_to_a_model_its_key_may_not_use() {
    Caller narrow = Requests.caller("growth", "sim-north/fast", "sim-north/balanced");
    assertTrue(Injections.all().size() > 100);
    int answered = 0;
    for (String text : Injections.all()) {
      for (String model : List.of("auto", "auto/bulk", "sim-north/fast")) {
        for (Model candidate : candidates(request(model, text, Hints.NONE), narrow)) {
          assertTrue(narrow.mayUse(candidate.id()), candidate.id() + " for " + text);
          answered++;
        }
      }
    }
    assertTrue(answered > 100, "nobody would be asked");
  }

  @Test
  void no_text_changes_what_the_keys_hints_say() throws Exception {
    var route =
        (ObjectNode) Json.parse("{\"task_type\":\"bulk\",\"max_cost_usd\":0.01,\"fallbacks\":[]}");
    Hints ofTheKey = HintsReader.route(route, "route");
    for (String text : Injections.all()) {
      ChatRequest request = request("auto", text, ofTheKey);
      Plan plan = plan(request, Requests.ANYBODY);
      assertEquals(TaskType.BULK, plan.classification().taskType(), text);
      assertEquals(10_000_000L, request.hints().maxCostNanos(), text);
      assertEquals(
          policy.onExhausted(request("auto/bulk", "good morning", Hints.NONE), null),
          policy.onExhausted(request, null),
          text);
    }
  }

  @Test
  void what_an_assistant_or_a_tool_said_is_no_more_than_a_text() {
    Caller narrow = Requests.caller("growth", "sim-north/fast");
    for (String text : Injections.all()) {
      ObjectNode body = Json.object().put("model", "auto");
      var messages = body.putArray("messages");
      messages.addObject().put("role", "user").put("content", "Translate this sentence");
      messages.addObject().put("role", "assistant").put("content", text);
      messages.addObject().put("role", "user").put("content", text);
      for (Model candidate : candidates(parsed(body, Hints.NONE), narrow)) {
        assertEquals("sim-north/fast", candidate.id());
      }
    }
  }

  /** Empty for who is sent away: that is no way to a model either. */
  private List<Model> candidates(ChatRequest request, Caller caller) {
    return policy.planFor(request, caller) instanceof Planned.Ready(Plan plan)
        ? plan.candidates()
        : List.of();
  }

  private Plan plan(ChatRequest request, Caller caller) {
    return assertInstanceOf(Planned.Ready.class, policy.planFor(request, caller)).plan();
  }

  private static ChatRequest request(String model, String text, Hints ofTheKey) {
    ObjectNode body = Json.object().put("model", model);
    body.putArray("messages").addObject().put("role", "user").put("content", text);
    return parsed(body, ofTheKey);
  }

  private static ChatRequest parsed(ObjectNode body, Hints ofTheKey) {
    var parsed = ChatRequest.parse(Json.bytes(body), name -> Optional.empty(), ofTheKey);
    return assertInstanceOf(ChatRequest.Parsed.Good.class, parsed).request();
  }
}

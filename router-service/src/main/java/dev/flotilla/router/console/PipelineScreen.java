package dev.flotilla.router.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.console.api.Answer;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Pipelines: what there is, what one does, costs and spares, and a way to begin a run of it. */
final class PipelineScreen implements Screen {
  private static final int DAYS = 30;

  @Override
  public Shown show(Asked asked) {
    List<String> path = asked.path();
    if (path.isEmpty()) {
      return new Shown.Page(
          "pipelines",
          asked.facts(
              Map.of("pipelines", "/v1/pipelines", "key", "/v1/key", "roi", "/v1/costs/roi")));
    }
    String name = path.getFirst();
    String api = "/v1/pipelines/" + Asked.encoded(name);
    if (path.size() == 2 && path.get(1).equals("graph.svg")) {
      String svg = asked.api().text(api + "/graph.svg");
      return svg.isEmpty() ? new Shown.Nothing() : new Shown.Picture(svg);
    }
    if (path.size() == 1) {
      return asked.isForm() ? order(api, asked) : page(api, "", Map.of(), asked);
    }
    return new Shown.Nothing();
  }

  /**
   * @param input what stands in the form; empty for a suggestion
   * @param more what came of the form
   */
  private static Shown page(String api, String input, Map<String, Object> more, Asked asked) {
    LocalDate from = LocalDate.now(ZoneOffset.UTC).minusDays(DAYS - 1);
    String name = asked.path().getFirst();
    Map<String, String> questions = new LinkedHashMap<>();
    questions.put("key", "/v1/key");
    questions.put("pipeline", api);
    questions.put("runs", api + "/runs?limit=10");
    questions.put("roi", api + "/roi?from=" + from);
    questions.put(
        "steps",
        "/v1/costs?bucket=1d&limit=%d&group_by=step&pipeline=%s&from=%s"
            .formatted(DAYS, Asked.encoded(name), from));
    Map<String, Answer> answers = asked.api().getAll(questions);
    if (answers.get("pipeline") instanceof Answer.Refused(int status, _, var message)) {
      return new Shown.Page(
          status, "refused", Map.of("title", "No such pipeline", "message", message));
    }
    Map<String, Object> facts = new LinkedHashMap<>();
    answers.forEach(
        (question, answer) ->
            facts.put(question, Facts.of(questions.getOrDefault(question, ""), answer)));
    facts.put("step_costs", Sums.of(Facts.json(answers.get("steps")).path("data")));
    facts.put("versions", versions(Facts.json(answers.get("runs")).path("data")));
    facts.put(
        "input",
        input.isEmpty() ? sample(Facts.json(answers.get("pipeline")).path("input_schema")) : input);
    facts.putAll(more);
    return new Shown.Page("pipeline", facts);
  }

  /** Prices a run, or begins one. */
  private static Shown order(String api, Asked asked) {
    String input = asked.field("input");
    ObjectNode order = Json.object();
    try {
      order.set("input", Json.parse(input));
    } catch (NotJson e) {
      return page(api, input, Map.of("refusal", "The input is no JSON: " + e.getMessage()), asked);
    }
    boolean dry = !asked.field("do").equals("run");
    Answer answer = asked.api().post(api + "/runs?" + (dry ? "dry_run=true" : "mode=async"), order);
    return switch (answer) {
      case Answer.Refused(_, _, var message) -> page(api, input, Map.of("refusal", message), asked);
      case Answer.Told told ->
          dry
              ? page(api, input, Map.of("price", Facts.of(api, told)), asked)
              : new Shown.Elsewhere("/runs/" + told.json().path("id").asText());
    };
  }

  private static Set<String> versions(JsonNode runs) {
    var versions = new LinkedHashSet<String>();
    runs.forEach(run -> versions.add(run.path("version").asText()));
    return versions;
  }

  /** The required parts of an input, to be filled in. */
  private static String sample(JsonNode schema) {
    ObjectNode input = Json.object();
    for (JsonNode required : schema.path("required")) {
      String field = required.asText();
      JsonNode type = schema.path("properties").path(field);
      if (type.has("enum")) {
        input.set(field, type.path("enum").path(0));
      } else {
        switch (type.path("type").asText()) {
          case "integer", "number" -> input.put(field, 1);
          case "boolean" -> input.put(field, true);
          case "array" -> input.putArray(field).add("…");
          case "object" -> input.putObject(field);
          default -> input.put(field, "…");
        }
      }
    }
    return Json.text(input);
  }
}

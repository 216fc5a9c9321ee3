package dev.flotilla.router.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.console.api.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Says what would be done with a prompt, for nothing; then does it, with one model or two. */
final class Playground implements Screen {
  private final Duration patience;

  /**
   * @param patience how long an answer may take
   */
  Playground(Duration patience) {
    this.patience = patience;
  }

  /**
   * What came of one model.
   *
   * @param outcome the API's answer
   * @param text what it said; empty when it did not
   */
  record Column(String model, Map<String, Object> outcome, String text) {}

  @Override
  public Shown show(Asked asked) {
    if (!asked.path().isEmpty()) {
      return new Shown.Nothing();
    }
    Map<String, Object> facts =
        new LinkedHashMap<>(asked.facts(Map.of("key", "/v1/key", "models", "/v1/models")));
    String model = asked.field("model").isBlank() ? "auto" : asked.field("model").strip();
    String other = asked.field("other").strip();
    facts.put("model", model);
    facts.put("other", other);
    facts.put("system", asked.field("system"));
    facts.put("prompt", asked.field("prompt"));
    if (!asked.isForm() || asked.field("prompt").isBlank()) {
      return new Shown.Page("playground", facts);
    }
    Map<String, ObjectNode> requests = new LinkedHashMap<>();
    requests.put(model, request(model, asked));
    if (!other.isEmpty()) {
      requests.put(other, request(other, asked));
    }
    boolean run = asked.field("do").equals("run");
    Map<String, Answer> answers =
        run
            ? asked.api().waiting(patience).postAll("/v1/chat/completions", requests)
            : asked.api().postAll("/v1/route", requests);
    var columns = new ArrayList<Column>();
    answers.forEach(
        (name, answer) ->
            columns.add(
                new Column(
                    name,
                    Facts.of(run ? "/v1/chat/completions" : "/v1/route", answer),
                    text(Facts.json(answer)))));
    facts.put("ran", run);
    facts.put("columns", columns);
    facts.put("snippets", snippets(model, asked));
    return new Shown.Page("playground", facts);
  }

  private static ObjectNode request(String model, Asked asked) {
    ObjectNode request = Json.object().put("model", model);
    ArrayNode messages = request.putArray("messages");
    if (!asked.field("system").isBlank()) {
      messages.addObject().put("role", "system").put("content", asked.field("system"));
    }
    messages.addObject().put("role", "user").put("content", asked.field("prompt"));
    return request;
  }

  private static String text(JsonNode completion) {
    return completion.path("choices").path(0).path("message").path("content").asText("");
  }

  private static List<Snippet> snippets(String model, Asked asked) {
    return Snippet.all(
        asked.origin(), request(model, asked), asked.field("system"), asked.field("prompt"));
  }
}

package dev.flotilla.router.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.router.console.api.Answer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What stands behind a number: the question that was asked, its answer, and the SQL it rests on.
 */
final class Proof implements Screen {
  private static final int LONGEST = 40_000;

  /** Reports that say themselves which statement recomputes each of their figures. */
  private static final String EXPLAINED =
      "/v1/costs(/summary|/savings|/weekly|/roi)?(\\?.*)?|.*/roi(\\?.*)?";

  /** A figure's place, and the statement that recomputes it. */
  record Statement(String figure, String sql) {}

  @Override
  public Shown show(Asked asked) {
    String of = asked.query("of", "");
    if (!of.matches("/v1/[A-Za-z0-9/_.:?&=,%~-]*") || of.contains("..")) {
      return new Shown.Nothing();
    }
    String path = of.matches(EXPLAINED) ? of + (of.contains("?") ? "&" : "?") + "explain=true" : of;
    Map<String, Object> facts = new LinkedHashMap<>(asked.facts(Map.of("key", "/v1/key")));
    Answer answer = asked.api().get(path);
    facts.put("path", path);
    facts.put("origin", asked.origin());
    facts.put("answer", Facts.of(path, answer));
    JsonNode json = Facts.json(answer);
    var statements = new ArrayList<Statement>();
    explained("", json, statements);
    facts.put("statements", statements);
    String text = without(json.deepCopy()).toPrettyString();
    facts.put("text", text.substring(0, Math.min(LONGEST, text.length())));
    return new Shown.Page("proof", facts);
  }

  private static void explained(String place, JsonNode json, List<Statement> into) {
    json.path("explain")
        .properties()
        .forEach(one -> into.add(new Statement(place + one.getKey(), one.getValue().asText())));
    if (json.isObject()) {
      json.properties().stream()
          .filter(one -> !one.getKey().equals("explain"))
          .forEach(one -> explained(place + "/" + one.getKey(), one.getValue(), into));
    }
    for (int i = 0; json.isArray() && i < json.size(); i++) {
      explained(place + "/" + i, json.path(i), into);
    }
  }

  /** The same without the statements, which stand beside it. */
  private static JsonNode without(JsonNode json) {
    if (json instanceof ObjectNode object) {
      object.remove("explain");
    }
    json.forEach(Proof::without);
    return json;
  }
}

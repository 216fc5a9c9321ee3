package dev.flotilla.router.pipeline.journal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.door.KeyPolicy;
import dev.flotilla.router.exchange.Hints;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * On whose account a run goes on, wherever that is: the caller and the limits of its key as they
 * were when the run was admitted. The key itself is nowhere.
 */
public record RunCaller(Caller caller, KeyPolicy policy) {
  public String json() {
    ObjectNode json = Json.object();
    json.put("team", caller.team()).put("key", caller.key()).put("project", caller.project());
    caller.roles().stream().sorted().forEach(json.putArray("roles")::add);
    caller.models().forEach(json.putArray("models")::add);
    json.put("rpm", policy.requestsPerMinute()).put("tpm", policy.tokensPerMinute());
    return Json.text(json);
  }

  public static RunCaller of(String json) {
    try {
      JsonNode read = Json.parse(json);
      String project = read.path("project").textValue();
      return new RunCaller(
          new Caller(
              read.path("team").asText(),
              read.path("key").asText(),
              project,
              Set.copyOf(texts(read.path("roles"))),
              texts(read.path("models"))),
          new KeyPolicy(
              number(read.path("rpm")), number(read.path("tpm")), project != null, Hints.NONE));
    } catch (NotJson e) {
      throw new IllegalStateException("a caller that this router did not write", e);
    }
  }

  private static List<String> texts(JsonNode array) {
    var texts = new ArrayList<String>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static @Nullable Long number(JsonNode node) {
    return node.isNumber() ? node.longValue() : null;
  }
}

package dev.flotilla.router.cache;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.classification.Classification;
import dev.flotilla.router.classification.Classification.DecidedBy;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.exchange.TaskType;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An answer worth giving again, with the decision that led to it.
 *
 * @param modelId who gave it
 * @param classification null when models were named
 */
public record CachedAnswer(
    Completion completion,
    String modelId,
    @Nullable Classification classification,
    boolean simulated) {

  ObjectNode toJson() {
    ObjectNode json = Json.object();
    json.put("model", modelId);
    json.put("simulated", simulated);
    if (classification != null) {
      json.put("task_type", classification.taskType().word());
      json.put("confidence", classification.confidence());
      json.put("decided_by", classification.decidedBy().word());
    }
    return json.set("completion", completion.body());
  }

  /** Empty for what another version of us, or somebody else, wrote there. */
  static Optional<CachedAnswer> fromJson(ObjectNode json) {
    if (!(json.path("completion") instanceof ObjectNode completion)
        || !json.path("model").isTextual()) {
      return Optional.empty();
    }
    Classification classification = null;
    if (json.has("task_type")) {
      Optional<TaskType> type = TaskType.of(json.path("task_type").asText());
      Optional<DecidedBy> by = decidedBy(json.path("decided_by").asText());
      if (type.isEmpty() || by.isEmpty()) {
        return Optional.empty();
      }
      classification =
          new Classification(type.get(), json.path("confidence").asDouble(), by.get(), List.of());
    }
    return Optional.of(
        new CachedAnswer(
            new Completion(completion),
            json.path("model").textValue(),
            classification,
            json.path("simulated").asBoolean()));
  }

  private static Optional<DecidedBy> decidedBy(String word) {
    for (DecidedBy by : DecidedBy.values()) {
      if (by.word().equals(word.toLowerCase(Locale.ROOT))) {
        return Optional.of(by);
      }
    }
    return Optional.empty();
  }
}

package dev.flotilla.router.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;

/**
 * Puts the chunks of a stream together into the answer they would have been without streaming. One
 * thread at a time.
 */
public final class Assembly {
  private final ObjectNode completion = Json.object();
  private final Map<Integer, ObjectNode> choices = new TreeMap<>();

  /** Takes a chunk that is not the usage's. */
  public void add(JsonNode chunk) {
    if (completion.isEmpty()) {
      completion.put("id", chunk.path("id").asText());
      completion.put("object", "chat.completion");
      completion.put("created", chunk.path("created").asLong());
      completion.put("model", chunk.path("model").asText());
    }
    for (JsonNode choice : chunk.path("choices")) {
      ObjectNode whole =
          choices.computeIfAbsent(
              choice.path("index").asInt(0),
              index -> {
                ObjectNode empty = Json.object().put("index", index);
                empty.set("message", Json.object().put("role", "assistant"));
                return empty;
              });
      merge((ObjectNode) whole.path("message"), choice.path("delta"));
      if (choice.path("finish_reason").isTextual()) {
        whole.put("finish_reason", choice.path("finish_reason").textValue());
      }
      if (choice.path("logprobs").isObject()) {
        merge(whole.withObject("/logprobs"), choice.path("logprobs"));
      }
    }
  }

  /** The answer so far, with the usage that belongs to it. */
  public Completion completion(JsonNode usage) {
    ObjectNode whole = completion.deepCopy();
    whole.putArray("choices").addAll(new ArrayList<>(choices.values()));
    whole.set("usage", usage);
    return new Completion(whole);
  }

  /** Texts grow, lists grow, items with an index are the same item, the rest is replaced. */
  private static void merge(ObjectNode into, JsonNode delta) {
    for (var field : delta.properties()) {
      JsonNode known = into.path(field.getKey());
      JsonNode more = field.getValue();
      if (more.isNull()) {
        if (known.isMissingNode()) {
          into.set(field.getKey(), more);
        }
      } else if (known.isTextual() && more.isTextual() && grows(field.getKey())) {
        into.put(field.getKey(), known.textValue() + more.textValue());
      } else if (more.isArray()) {
        mergeList(into, field.getKey(), more);
      } else if (known instanceof ObjectNode object && more.isObject()) {
        merge(object, more);
      } else {
        into.set(field.getKey(), more.deepCopy());
      }
    }
  }

  private static void mergeList(ObjectNode into, String name, JsonNode more) {
    var list = into.withArray(name);
    for (JsonNode item : more) {
      JsonNode index = item.path("index");
      ObjectNode same = null;
      if (index.isInt()) {
        for (JsonNode known : list) {
          if (known.path("index").equals(index)) {
            same = (ObjectNode) known;
          }
        }
      }
      if (same == null) {
        list.add(item.deepCopy());
      } else {
        merge(same, item);
      }
    }
  }

  private static boolean grows(String field) {
    return switch (field) {
      case "role", "id", "type", "format" -> false;
      default -> true;
    };
  }
}

package dev.flotilla.router.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.exchange.BadHint;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.HintsReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of {@code POST /v1/batches} strictly. What stands within an item's body is not
 * looked at: if it is wrong, that item fails and no other.
 */
final class BatchReader {
  private static final Set<String> FIELDS =
      new TreeSet<>(
          Set.of(
              "endpoint",
              "requests",
              "concurrency",
              "on_error",
              "completion_window",
              "max_cost_usd",
              "metadata",
              "webhook"));
  private static final Set<String> ITEM_FIELDS = new TreeSet<>(Set.of("custom_id", "body"));
  private static final Pattern WINDOW = Pattern.compile("([1-9][0-9]{0,5})([smhd])");
  private static final Duration LONGEST_WINDOW = Duration.ofDays(7);
  private static final Duration USUAL_WINDOW = Duration.ofDays(1);
  private static final int USUAL_CONCURRENCY = 8;
  private static final int MOST_METADATA_CHARS = 4_000;
  private static final int MOST_ID_CHARS = 128;

  private final BatchConfig config;

  BatchReader(BatchConfig config) {
    this.config = config;
  }

  NewBatch read(byte[] bytes) throws BadBatch {
    ObjectNode body = object(bytes);
    if (body.has("input_file_id")) {
      throw new BadBatch(
          "unsupported_parameter",
          "There is no files API here; leave 'input_file_id' out and write the requests inline: \"requests\": [{\"custom_id\": \"1\", \"body\": {…}}].",
          "input_file_id");
    }
    known(body, FIELDS, "");
    return new NewBatch(
        endpoint(body.path("endpoint")),
        items(body.path("requests")),
        concurrency(body.path("concurrency")),
        stopOnError(body.path("on_error")),
        window(body.path("completion_window")),
        maxCost(body),
        metadata(body.path("metadata")),
        webhook(body.path("webhook")));
  }

  private static ObjectNode object(byte[] bytes) throws BadBatch {
    try {
      return Json.parseObject(bytes);
    } catch (NotJson e) {
      throw new BadBatch(ChatRequest.unreadable(e));
    }
  }

  private static void known(JsonNode object, Set<String> fields, String at) throws BadBatch {
    for (var field : object.properties()) {
      if (!fields.contains(field.getKey())) {
        throw new BadBatch(
            "unknown_parameter",
            "'" + at + field.getKey() + "' is not understood here; there are " + fields + ".",
            at + field.getKey());
      }
    }
  }

  private static Endpoint endpoint(JsonNode written) throws BadBatch {
    return Endpoint.of(written.asText(""))
        .orElseThrow(
            () ->
                new BadBatch(
                    "invalid_endpoint",
                    "'endpoint' is '"
                        + written.asText("")
                        + "'; write one of "
                        + Endpoint.ALL
                        + ".",
                    "endpoint"));
  }

  private List<NewBatch.Item> items(JsonNode written) throws BadBatch {
    if (!written.isArray() || written.isEmpty() || written.size() > config.mostItems()) {
      throw new BadBatch(
          "invalid_requests",
          "'requests' must be a list of 1 to "
              + config.mostItems()
              + " objects, each {\"custom_id\": \"…\", \"body\": {…}}.",
          "requests");
    }
    var ids = new HashSet<String>();
    var items = new ArrayList<NewBatch.Item>(written.size());
    for (int i = 0; i < written.size(); i++) {
      JsonNode item = written.path(i);
      String at = "requests[" + i + "].";
      known(item, ITEM_FIELDS, at);
      String id = item.path("custom_id").asText("");
      if (!item.path("custom_id").isTextual()
          || id.isBlank()
          || id.length() > MOST_ID_CHARS
          || id.indexOf(0) >= 0) {
        throw new BadBatch(
            "invalid_custom_id",
            "'"
                + at
                + "custom_id' must be a string of 1 to "
                + MOST_ID_CHARS
                + " characters by which you find the result again.",
            at + "custom_id");
      }
      if (!ids.add(id)) {
        throw new BadBatch(
            "duplicate_custom_id",
            "'" + at + "custom_id' is '" + id + "', which another request has; write each once.",
            at + "custom_id");
      }
      if (!item.path("body").isObject()) {
        throw new BadBatch(
            "invalid_body", "'" + at + "body' must be the object you would post.", at + "body");
      }
      items.add(new NewBatch.Item(id, Json.text(item.path("body"))));
    }
    return items;
  }

  private int concurrency(JsonNode written) throws BadBatch {
    int most = config.mostConcurrency();
    if (absent(written)) {
      return Math.min(USUAL_CONCURRENCY, most);
    }
    if (!written.isIntegralNumber()
        || !written.canConvertToInt()
        || written.intValue() < 1
        || written.intValue() > most) {
      throw new BadBatch(
          "invalid_concurrency",
          "'concurrency' must be a whole number from 1 to " + most + ".",
          "concurrency");
    }
    return written.intValue();
  }

  private static boolean stopOnError(JsonNode written) throws BadBatch {
    return switch (absent(written) ? "continue" : written.asText("")) {
      case "continue" -> false;
      case "stop" -> true;
      default ->
          throw new BadBatch(
              "invalid_on_error",
              "'on_error' must be \"continue\" or \"stop\" (begin nothing more after the first failure).",
              "on_error");
    };
  }

  private static Duration window(JsonNode written) throws BadBatch {
    if (absent(written)) {
      return USUAL_WINDOW;
    }
    Matcher window = WINDOW.matcher(written.asText(""));
    if (window.matches()) {
      long count = Long.parseLong(window.group(1));
      Duration read =
          switch (window.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
          };
      if (read.compareTo(LONGEST_WINDOW) <= 0) {
        return read;
      }
    }
    throw new BadBatch(
        "invalid_completion_window",
        "'completion_window' must be a time such as \"30m\" or \"24h\", at most 7d.",
        "completion_window");
  }

  private static @Nullable Long maxCost(ObjectNode body) throws BadBatch {
    if (absent(body.path("max_cost_usd"))) {
      return null;
    }
    try {
      ObjectNode route = Json.object();
      route.set("max_cost_usd", body.path("max_cost_usd"));
      return HintsReader.route(route, "batch").maxCostNanos();
    } catch (BadHint e) {
      ApiError error = e.error();
      throw new BadBatch(
          error.code(),
          error.message().replace("batch.max_cost_usd", "max_cost_usd"),
          "max_cost_usd");
    }
  }

  private static ObjectNode metadata(JsonNode written) throws BadBatch {
    if (absent(written)) {
      return Json.object();
    }
    if (written instanceof ObjectNode object && Json.text(object).length() <= MOST_METADATA_CHARS) {
      return object;
    }
    throw new BadBatch(
        "invalid_metadata",
        "'metadata' must be an object of at most " + MOST_METADATA_CHARS + " characters.",
        "metadata");
  }

  private static @Nullable String webhook(JsonNode written) throws BadBatch {
    if (absent(written)) {
      return null;
    }
    if (!written.isTextual()) {
      throw new BadBatch(
          "invalid_webhook",
          "'webhook' must be the name of a target that this installation has in webhooks.yaml; an address cannot be given.",
          "webhook");
    }
    return written.textValue();
  }

  private static boolean absent(JsonNode written) {
    return written.isMissingNode() || written.isNull();
  }
}

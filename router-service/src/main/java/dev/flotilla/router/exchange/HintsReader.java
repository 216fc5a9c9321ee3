package dev.flotilla.router.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.flotilla.catalog.Money;
import dev.flotilla.contracts.call.FleetHeaders;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads hints where they may be written: a {@code route} object, or headers that say the same. */
public final class HintsReader {
  private static final Set<String> FIELDS =
      Set.of(
          "task_type",
          "quality_threshold",
          "fallbacks",
          "max_cost_usd",
          "cache",
          "timeout_ms",
          "validate",
          "best_effort",
          "on_exhausted",
          "dry_run");

  private static final int MOST_FALLBACKS = 16;
  private static final int MOST_RULES = 16;
  private static final int LONGEST_RULE = 1_000;
  private static final int MOST_TAGS = 16;

  private HintsReader() {}

  /**
   * Reads a {@code route} object.
   *
   * @param place what it is called in messages, e.g. {@code route}
   * @throws BadHint naming the field, what was found and what to write instead
   */
  public static Hints route(JsonNode route, String place) throws BadHint {
    if (route.isMissingNode() || route.isNull()) {
      return Hints.NONE;
    }
    if (!route.isObject()) {
      throw wrong(place, "must be an object, e.g. {\"task_type\": \"bulk\"}");
    }
    for (var field : route.properties()) {
      if (!FIELDS.contains(field.getKey())) {
        throw new BadHint(
            "unknown_parameter",
            place + "." + shown(field.getKey()),
            "'"
                + place
                + "' has no field '"
                + shown(field.getKey())
                + "'; there are "
                + FIELDS.stream().sorted().collect(Collectors.joining(", "))
                + ".");
      }
    }
    String at = place + ".";
    return new Hints(
        taskType(text(route, "task_type", at), at + "task_type"),
        quality(present(route, "quality_threshold"), at + "quality_threshold"),
        names(present(route, "fallbacks"), at + "fallbacks"),
        nanos(present(route, "max_cost_usd"), at + "max_cost_usd"),
        cache(text(route, "cache", at), at + "cache"),
        millis(present(route, "timeout_ms"), at + "timeout_ms"),
        checks(present(route, "validate"), at + "validate"),
        bestEffort(text(route, "best_effort", at), at + "best_effort"),
        onExhausted(text(route, "on_exhausted", at), at + "on_exhausted"),
        flag(present(route, "dry_run"), at + "dry_run"),
        Map.of());
  }

  /**
   * Reads the headers.
   *
   * @param header the first value of a header
   * @throws BadHint naming the header, what was found and what to write instead
   */
  public static Hints headers(Function<String, Optional<String>> header) throws BadHint {
    String fallbacks = header.apply(FleetHeaders.FALLBACKS).orElse(null);
    String dryRun = header.apply(FleetHeaders.DRY_RUN).orElse(null);
    return new Hints(
        taskType(
            header.apply(FleetHeaders.ROUTED_TASK_TYPE).orElse(null),
            FleetHeaders.ROUTED_TASK_TYPE),
        quality(
            header
                .apply(FleetHeaders.QUALITY_THRESHOLD)
                .<JsonNode>map(TextNode::valueOf)
                .orElse(null),
            FleetHeaders.QUALITY_THRESHOLD),
        fallbacks == null
            ? null
            : Arrays.stream(fallbacks.split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .limit(MOST_FALLBACKS)
                .toList(),
        nanos(
            header.apply(FleetHeaders.MAX_COST_USD).<JsonNode>map(TextNode::valueOf).orElse(null),
            FleetHeaders.MAX_COST_USD),
        cacheControl(header.apply("cache-control").orElse(null)),
        millis(
            header.apply(FleetHeaders.TIMEOUT_MS).<JsonNode>map(TextNode::valueOf).orElse(null),
            FleetHeaders.TIMEOUT_MS),
        null,
        bestEffort(header.apply(FleetHeaders.BEST_EFFORT).orElse(null), FleetHeaders.BEST_EFFORT),
        null,
        dryRun == null ? null : flagText(dryRun, FleetHeaders.DRY_RUN),
        tags(header.apply(FleetHeaders.PUBLIC_TAGS).orElse("")));
  }

  private static @Nullable JsonNode present(JsonNode route, String field) {
    JsonNode value = route.path(field);
    return value.isMissingNode() || value.isNull() ? null : value;
  }

  private static @Nullable String text(JsonNode route, String field, String at) throws BadHint {
    JsonNode value = present(route, field);
    if (value == null) {
      return null;
    }
    if (!value.isTextual()) {
      throw wrong(at + field, "must be a string");
    }
    return value.textValue();
  }

  private static @Nullable TaskType taskType(@Nullable String word, String place) throws BadHint {
    if (word == null) {
      return null;
    }
    Optional<TaskType> type = TaskType.of(word.strip());
    if (type.isEmpty()) {
      throw new BadHint(
          "unknown_task_type",
          place,
          "'" + place + "' is '" + shown(word) + "'; write complex, standard, structured or bulk.");
    }
    return type.get();
  }

  private static @Nullable BigDecimal quality(@Nullable JsonNode value, String place)
      throws BadHint {
    if (value == null) {
      return null;
    }
    BigDecimal number = number(value);
    if (number == null || number.signum() < 0 || number.compareTo(BigDecimal.TEN) > 0) {
      throw wrong(place, "must be a number from 0 to 10");
    }
    return number.stripTrailingZeros();
  }

  private static @Nullable List<String> names(@Nullable JsonNode value, String place)
      throws BadHint {
    if (value == null) {
      return null;
    }
    var names = new ArrayList<String>();
    for (JsonNode name : value) {
      names.add(name.asText(""));
    }
    boolean texts = value.isArray() && names.stream().noneMatch(String::isBlank);
    if (!texts || names.size() > MOST_FALLBACKS) {
      throw wrong(
          place, "must be a list of at most " + MOST_FALLBACKS + " models or aliases, best first");
    }
    return names;
  }

  private static @Nullable Long nanos(@Nullable JsonNode value, String place) throws BadHint {
    if (value == null) {
      return null;
    }
    BigDecimal usd = number(value);
    try {
      if (usd != null && usd.signum() > 0) {
        return Money.nanosWithin(usd);
      }
    } catch (ArithmeticException tooMuch) {
      throw new BadHint(
          "invalid_type", place, "'" + place + "' is more money than there is; leave it out.");
    }
    throw wrong(place, "must be an amount in USD above 0, e.g. 0.05");
  }

  private static @Nullable CacheUse cache(@Nullable String word, String place) throws BadHint {
    if (word == null) {
      return null;
    }
    Optional<CacheUse> use = CacheUse.ofWord(word);
    if (use.isEmpty()) {
      throw wrong(place, "must be \"default\", \"refresh\" or \"off\"");
    }
    return use.get();
  }

  private static @Nullable CacheUse cacheControl(@Nullable String header) throws BadHint {
    try {
      return header == null ? null : CacheUse.ofHeader(header);
    } catch (NumberFormatException e) {
      throw wrong("cache-control", "has a max-age that is no whole number of seconds");
    }
  }

  private static @Nullable Duration millis(@Nullable JsonNode value, String place) throws BadHint {
    if (value == null) {
      return null;
    }
    BigDecimal number = number(value);
    try {
      if (number != null && number.signum() > 0) {
        return Duration.ofMillis(number.longValueExact());
      }
    } catch (ArithmeticException noWholeNumber) {
      throw new BadHint(
          "invalid_type", place, "'" + place + "' must be a whole number of milliseconds.");
    }
    throw wrong(place, "must be a whole number of milliseconds above 0, e.g. 30000");
  }

  private static @Nullable AskedChecks checks(@Nullable JsonNode value, String place)
      throws BadHint {
    if (value == null) {
      return null;
    }
    for (var field : value.properties()) {
      if (!field.getKey().equals("schema") && !field.getKey().equals("rules")) {
        throw wrong(place, "must be an object with 'schema', 'rules' or both");
      }
    }
    JsonNode schema = present(value, "schema");
    if (!(value instanceof ObjectNode) || (schema != null && !schema.isObject())) {
      throw wrong(place, "must be an object with 'schema' (a JSON Schema), 'rules' or both");
    }
    var rules = new ArrayList<AskedChecks.Rule>();
    JsonNode written = value.path("rules");
    if (written.size() > MOST_RULES || !(written.isArray() || written.isMissingNode())) {
      throw wrong(place + ".rules", "must be a list of at most " + MOST_RULES + " rules");
    }
    for (JsonNode rule : written) {
      JsonNode text = rule.isObject() ? rule.path("rule") : rule;
      if (!text.isTextual() || text.textValue().length() > LONGEST_RULE) {
        throw wrong(
            place + ".rules",
            "must hold expressions of at most "
                + LONGEST_RULE
                + " characters, as strings or as {\"rule\": …, \"message\": …}");
      }
      rules.add(new AskedChecks.Rule(text.textValue(), rule.path("message").textValue()));
    }
    return new AskedChecks(schema, rules);
  }

  private static @Nullable BestEffort bestEffort(@Nullable String word, String place)
      throws BadHint {
    if (word == null) {
      return null;
    }
    Optional<BestEffort> effort = BestEffort.of(word);
    if (effort.isEmpty()) {
      throw wrong(place, "must be \"last\" or \"none\"");
    }
    return effort.get();
  }

  private static @Nullable OnExhausted onExhausted(@Nullable String word, String place)
      throws BadHint {
    if (word == null) {
      return null;
    }
    Optional<OnExhausted> then = OnExhausted.of(word);
    if (then.isEmpty()) {
      throw wrong(place, "must be \"human\" or \"error\"");
    }
    return then.get();
  }

  private static @Nullable Boolean flag(@Nullable JsonNode value, String place) throws BadHint {
    if (value == null) {
      return null;
    }
    if (!value.isBoolean()) {
      throw wrong(place, "must be true or false");
    }
    return value.booleanValue();
  }

  private static Boolean flagText(String text, String place) throws BadHint {
    return switch (text.strip()) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> throw wrong(place, "must be true or false");
    };
  }

  private static Map<String, String> tags(String header) throws BadHint {
    var tags = new HashMap<String, String>();
    for (String pair : header.split(",", -1)) {
      if (pair.isBlank()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = pair.substring(0, Math.max(0, equals)).strip();
      String value = pair.substring(equals + 1).strip();
      if (name.isEmpty()
          || name.length() > 64
          || value.length() > 512
          || tags.size() == MOST_TAGS) {
        throw wrong(
            FleetHeaders.PUBLIC_TAGS,
            "must be at most "
                + MOST_TAGS
                + " pairs such as feature=search,customer=acme, names up to 64 and values up to 512 characters");
      }
      tags.put(name, value);
    }
    return tags;
  }

  private static @Nullable BigDecimal number(JsonNode value) {
    try {
      // A bound on the text bounds the exponent: 1e999999999 would take for ever to write out.
      return value.isNumber()
          ? bounded(value.decimalValue())
          : value.isTextual() && value.textValue().length() <= 40
              ? bounded(new BigDecimal(value.textValue().strip()))
              : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable BigDecimal bounded(BigDecimal number) {
    return Math.abs((long) number.scale()) > 100 ? null : number;
  }

  private static BadHint wrong(String place, String what) {
    return new BadHint("invalid_type", place, "'" + place + "' " + what + ".");
  }

  private static String shown(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}

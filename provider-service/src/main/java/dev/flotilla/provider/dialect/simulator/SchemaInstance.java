package dev.flotilla.provider.dialect.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.flotilla.kit.json.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A JSON value that fits a JSON Schema (the part of draft 2020-12 that structured outputs allow,
 * and somewhat more; not {@code pattern}, {@code not} and {@code if}). Choices such as the member
 * of an enum follow from a hash, so that different prompts get different answers.
 */
final class SchemaInstance {
  /** Recursive schemas end here, with optional members left out and arrays empty. */
  private static final int DEEP = 6;

  private static final int DEEPEST = 32;
  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

  private final JsonNode document;
  private int seed;

  SchemaInstance(JsonNode document, int seed) {
    this.document = document;
    this.seed = seed;
  }

  JsonNode root() {
    return value(document, "answer", 0);
  }

  private JsonNode value(JsonNode schema, String name, int depth) {
    if (depth > DEEPEST || !schema.isObject()) {
      return schema.isBoolean() || schema.isMissingNode()
          ? TextNode.valueOf(words(name))
          : NullNode.instance;
    }
    if (schema.has("$ref")) {
      return value(referred(schema.path("$ref").asText()), name, depth + 1);
    }
    if (schema.has("const")) {
      return schema.path("const");
    }
    if (schema.path("enum").isArray() && !schema.path("enum").isEmpty()) {
      JsonNode words = schema.path("enum");
      return words.get(next(words.size()));
    }
    for (String any : List.of("anyOf", "oneOf")) {
      if (schema.path(any).isArray() && !schema.path(any).isEmpty()) {
        return value(easiest(schema.path(any)), name, depth + 1);
      }
    }
    if (schema.path("allOf").isArray()) {
      return value(merged(schema), name, depth + 1);
    }
    return switch (type(schema)) {
      case "object" -> object(schema, depth);
      case "array" -> array(schema, name, depth);
      case "integer" -> number(schema, true);
      case "number" -> number(schema, false);
      case "boolean" -> BooleanNode.valueOf(next(2) == 0);
      case "null" -> NullNode.instance;
      default -> TextNode.valueOf(text(schema, name));
    };
  }

  private static String type(JsonNode schema) {
    JsonNode type = schema.path("type");
    if (type.isArray()) {
      // ["string", "null"] is how an optional member is written: the first that is not null
      for (JsonNode each : type) {
        if (!each.asText().equals("null")) {
          return each.asText();
        }
      }
      return "null";
    }
    if (type.isTextual()) {
      return type.asText();
    }
    if (schema.has("properties") || schema.has("required")) {
      return "object";
    }
    if (schema.has("items") || schema.has("prefixItems")) {
      return "array";
    }
    return schema.has("minimum") || schema.has("maximum") ? "number" : "string";
  }

  private ObjectNode object(JsonNode schema, int depth) {
    ObjectNode object = Json.object();
    Set<String> required = new TreeSet<>();
    schema.path("required").forEach(name -> required.add(name.asText()));
    for (var member : schema.path("properties").properties()) {
      boolean wanted = depth < DEEP || required.contains(member.getKey());
      if (wanted) {
        object.set(member.getKey(), value(member.getValue(), member.getKey(), depth + 1));
      }
    }
    JsonNode others = schema.path("additionalProperties");
    for (String name : required) {
      if (!object.has(name)) {
        object.set(name, value(others, name, depth + 1));
      }
    }
    for (int i = object.size(); i < schema.path("minProperties").asInt(0); i++) {
      object.set("member_" + i, value(others, "member", depth + 1));
    }
    return object;
  }

  private ArrayNode array(JsonNode schema, String name, int depth) {
    ArrayNode array = Json.object().putArray("values");
    JsonNode first = schema.path("prefixItems");
    for (JsonNode each : first) {
      array.add(value(each, name, depth + 1));
    }
    int least = schema.path("minItems").asInt(0);
    int most = schema.path("maxItems").asInt(Integer.MAX_VALUE);
    int wanted =
        depth < DEEP && !schema.path("items").isBoolean()
            ? Math.max(least, Math.min(most, 2))
            : least;
    boolean unique = schema.path("uniqueItems").asBoolean();
    for (int i = 0; array.size() < wanted && i < wanted * 20 + 20; i++) {
      JsonNode item = value(schema.path("items"), name + (unique ? "_" + i : ""), depth + 1);
      if (!unique || !contains(array, item)) {
        array.add(item);
      }
    }
    return array;
  }

  private static boolean contains(ArrayNode array, JsonNode item) {
    for (JsonNode each : array) {
      if (each.equals(item)) {
        return true;
      }
    }
    return false;
  }

  private JsonNode number(JsonNode schema, boolean whole) {
    BigDecimal step =
        schema.path("multipleOf").isNumber() ? schema.path("multipleOf").decimalValue() : null;
    if (step == null) {
      step = whole ? BigDecimal.ONE : new BigDecimal("0.25");
    }
    BigDecimal least = bound(schema, "minimum", "exclusiveMinimum", step);
    BigDecimal most = bound(schema, "maximum", "exclusiveMaximum", step.negate());
    if (least == null) {
      least = most == null ? BigDecimal.ZERO : most.min(BigDecimal.ZERO);
    }
    if (most == null) {
      most = least.add(step.multiply(HUNDRED));
    }
    BigDecimal lowest = least.divide(step, 0, RoundingMode.CEILING);
    BigDecimal highest = most.divide(step, 0, RoundingMode.FLOOR);
    if (highest.compareTo(lowest) < 0) {
      // narrower than our step; any value between will do
      return DecimalNode.valueOf(least.add(most).divide(BigDecimal.valueOf(2)));
    }
    int steps = highest.subtract(lowest).min(HUNDRED).intValue() + 1;
    BigDecimal chosen = lowest.add(BigDecimal.valueOf(next(steps))).multiply(step);
    BigDecimal plain = chosen.stripTrailingZeros();
    return DecimalNode.valueOf(plain.scale() < 0 ? plain.setScale(0) : plain);
  }

  private static @org.jspecify.annotations.Nullable BigDecimal bound(
      JsonNode schema, String inclusive, String exclusive, BigDecimal inwards) {
    if (schema.path(exclusive).isNumber()) {
      return schema.path(exclusive).decimalValue().add(inwards);
    }
    return schema.path(inclusive).isNumber() ? schema.path(inclusive).decimalValue() : null;
  }

  private String text(JsonNode schema, String name) {
    String text =
        switch (schema.path("format").asText()) {
          case "date" -> "2026-01-%02d".formatted(1 + next(28));
          case "date-time" -> "2026-01-%02dT12:00:00Z".formatted(1 + next(28));
          case "time" -> "12:00:00Z";
          case "duration" -> "PT%dM".formatted(1 + next(59));
          case "email" -> "simulated@example.com";
          case "hostname" -> "simulated.example.com";
          case "uri" -> "https://example.com/simulated";
          case "uuid" -> "00000000-0000-4000-8000-%012d".formatted(next(1_000_000));
          case "ipv4" -> "192.0.2.1";
          case "ipv6" -> "2001:db8::1";
          default -> words(name);
        };
    int least = schema.path("minLength").asInt(0);
    int most = schema.path("maxLength").asInt(Integer.MAX_VALUE);
    if (text.length() < least) {
      text = text + ".".repeat(least - text.length());
    }
    return text.length() > most ? text.substring(0, most) : text;
  }

  private String words(String name) {
    return "[simulated] " + name.replace('_', ' ') + " " + (1 + next(99));
  }

  /** Null ends a recursion; otherwise the first alternative is as good as any. */
  private static JsonNode easiest(JsonNode alternatives) {
    for (JsonNode each : alternatives) {
      if (each.path("type").asText().equals("null")) {
        return each;
      }
    }
    return alternatives.get(0);
  }

  private static ObjectNode merged(JsonNode schema) {
    ObjectNode all = Json.object();
    var parts = new ArrayList<JsonNode>();
    parts.add(schema);
    schema.path("allOf").forEach(parts::add);
    for (JsonNode part : parts) {
      for (var member : part.properties()) {
        String key = member.getKey();
        JsonNode known = all.path(key);
        if (key.equals("allOf")) {
          continue;
        }
        if (key.equals("properties") && known instanceof ObjectNode properties) {
          properties.setAll((ObjectNode) member.getValue());
        } else if (key.equals("required") && known instanceof ArrayNode required) {
          member.getValue().forEach(required::add);
        } else {
          all.set(key, member.getValue().deepCopy());
        }
      }
    }
    return all;
  }

  private JsonNode referred(String reference) {
    return reference.startsWith("#")
        ? document.at(reference.substring(1))
        : com.fasterxml.jackson.databind.node.MissingNode.getInstance();
  }

  /** The next choice out of {@code many}; a linear congruence, so the same seed chooses alike. */
  private int next(int many) {
    seed = seed * 1_664_525 + 1_013_904_223;
    return Math.floorMod(seed >>> 8, many);
  }
}

package dev.flotilla.pipelines.loading;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flotilla.catalog.Nearness;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Holds a document against the schema of pipelines. It knows those keywords that the schema uses,
 * and says what people need to hear where a validator for all schemas says which keyword failed.
 */
final class Structure {
  static final String RESOURCE = "pipeline-v1.schema.json";

  private static final JsonNode SCHEMA = schema();
  private static final Map<String, String> KINDS =
      new TreeMap<>(
          Map.of(
              "string", "a text",
              "object", "a mapping",
              "array", "a list",
              "boolean", "true or false",
              "integer", "a whole number",
              "number", "a number"));

  private final Findings findings;

  Structure(Findings findings) {
    this.findings = findings;
  }

  private static JsonNode schema() {
    try (InputStream resource =
        Objects.requireNonNull(Structure.class.getResourceAsStream(RESOURCE))) {
      return new ObjectMapper().readTree(resource);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void check(JsonNode document) {
    check(document, SCHEMA, Place.ROOT);
  }

  private void check(JsonNode node, JsonNode written, Place place) {
    JsonNode schema = resolved(written);
    if (schema.has("if")) {
      boolean holds = node.has(schema.path("if").path("required").path(0).textValue());
      check(node, schema.path(holds ? "then" : "else"), place);
      return;
    }
    if (schema.path("oneOf").path(0).has("type")) {
      for (JsonNode choice : schema.path("oneOf")) {
        if (is(node, choice.path("type").textValue())) {
          check(node, choice, place);
          return;
        }
      }
      wrongKind(node, schema.path("oneOf").findValuesAsText("type"), place);
      return;
    }
    if (!kind(node, schema.path("type"), place)) {
      return;
    }
    switch (node.getNodeType()) {
      case OBJECT -> object(node, schema, place);
      case ARRAY -> array(node, schema, place);
      case STRING -> text(node.textValue(), schema, place);
      case NUMBER -> number(node.decimalValue(), schema, place);
      default -> {}
    }
    value(node, schema, place);
  }

  private static JsonNode resolved(JsonNode schema) {
    JsonNode reference = schema.path("$ref");
    return reference.isTextual() ? SCHEMA.at(reference.textValue().substring(1)) : schema;
  }

  private boolean kind(JsonNode node, JsonNode type, Place place) {
    var expected = new ArrayList<String>();
    if (type.isTextual()) {
      expected.add(type.textValue());
    }
    type.forEach(each -> expected.add(each.textValue()));
    if (expected.isEmpty() || expected.stream().anyMatch(each -> is(node, each))) {
      return true;
    }
    wrongKind(node, expected, place);
    return false;
  }

  private void wrongKind(JsonNode node, List<String> expected, Place place) {
    findings.problem(
        place,
        "is " + kindOf(node),
        "write "
            + String.join(" or ", expected.stream().map(KINDS::get).distinct().toList())
            + (expected.equals(List.of("string")) && node.isValueNode() && !node.isNull()
                ? ": \"" + node.asText() + "\""
                : ""));
  }

  private static boolean is(JsonNode node, @Nullable String type) {
    return switch (String.valueOf(type)) {
      case "string" -> node.isTextual();
      case "object" -> node.isObject();
      case "array" -> node.isArray();
      case "boolean" -> node.isBoolean();
      case "integer" -> node.isIntegralNumber();
      case "number" -> node.isNumber();
      default -> throw new IllegalStateException("the schema names a type " + type);
    };
  }

  private static String kindOf(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> "a mapping";
      case ARRAY -> "a list";
      case STRING -> "the text '" + node.textValue() + "'";
      case NUMBER -> "the number " + node.asText();
      case BOOLEAN -> node.asText();
      default -> "empty";
    };
  }

  private void object(JsonNode node, JsonNode schema, Place place) {
    JsonNode known = schema.path("properties");
    JsonNode others = schema.path("additionalProperties");
    var names = new ArrayList<String>();
    known.fieldNames().forEachRemaining(names::add);
    for (var field : node.properties()) {
      String name = field.getKey();
      if (known.has(name)) {
        check(field.getValue(), known.path(name), place.then(name));
      } else if (others.isObject()) {
        check(field.getValue(), others, place.then(name));
      } else if (others.isBoolean() && !others.booleanValue()) {
        findings.problem(
            place.then(name),
            "there is no property '" + name + "' here",
            Nearness.meant(name, names)
                .map(meant -> "did you mean '" + meant + "'?")
                .orElse("known are " + String.join(", ", names)));
      }
    }
    for (JsonNode required : schema.path("required")) {
      String name = required.textValue();
      if (!node.has(name)) {
        JsonNode missing = resolved(known.path(name));
        String example = missing.path("description").asText(missing.path("const").asText(""));
        findings.problem(
            place,
            "'" + name + "' is missing",
            "write " + name + ": " + (example.isEmpty() ? "…" : example));
      }
    }
    exactlyOne(node, schema.path("oneOf"), place);
  }

  private void exactlyOne(JsonNode node, JsonNode choices, Place place) {
    var names = new ArrayList<String>();
    choices.forEach(choice -> names.add(choice.path("required").path(0).textValue()));
    if (names.isEmpty()) {
      return;
    }
    List<String> there = names.stream().filter(node::has).toList();
    if (there.isEmpty()) {
      findings.problem(place, "does nothing", "write one of " + String.join(", ", names));
    } else if (there.size() > 1) {
      findings.problem(
          place.then(there.getLast()),
          "does more than one thing: " + String.join(" and ", there),
          "keep one of them, and make the other a step of its own");
    }
  }

  private void array(JsonNode node, JsonNode schema, Place place) {
    int least = schema.path("minItems").asInt(0);
    int most = schema.path("maxItems").asInt(Integer.MAX_VALUE);
    if (node.size() < least) {
      findings.problem(place, "is an empty list", "write at least " + least + ", or leave it out");
    } else if (node.size() > most) {
      findings.problem(place, "has " + node.size() + " items", "write at most " + most);
    }
    for (int i = 0; i < node.size(); i++) {
      check(node.path(i), schema.path("items"), place.then(i));
    }
  }

  private void text(String text, JsonNode schema, Place place) {
    String pattern = schema.path("pattern").asText("");
    if (!pattern.isEmpty() && !Pattern.compile(pattern).matcher(text).find()) {
      findings.problem(
          place, "is '" + text + "'", "write " + schema.path("description").asText(pattern));
    } else if (text.length() < schema.path("minLength").asInt(0)) {
      findings.problem(place, "is empty", "write something, or leave it out");
    } else if (text.length() > schema.path("maxLength").asInt(Integer.MAX_VALUE)) {
      findings.problem(
          place,
          "has " + text.length() + " characters",
          "write at most " + schema.path("maxLength").asInt());
    }
  }

  private void number(BigDecimal number, JsonNode schema, Place place) {
    boolean tooSmall =
        (schema.has("minimum") && number.compareTo(schema.path("minimum").decimalValue()) < 0)
            || (schema.has("exclusiveMinimum")
                && number.compareTo(schema.path("exclusiveMinimum").decimalValue()) <= 0);
    boolean tooBig =
        schema.has("maximum") && number.compareTo(schema.path("maximum").decimalValue()) > 0;
    if (tooSmall || tooBig) {
      String least =
          schema.has("minimum")
              ? "from " + schema.path("minimum").asText() + " to "
              : "above " + schema.path("exclusiveMinimum").asText() + " and up to ";
      findings.problem(
          place,
          "is " + number.toPlainString(),
          "write a number " + least + schema.path("maximum").asText());
    }
  }

  private void value(JsonNode node, JsonNode schema, Place place) {
    JsonNode constant = schema.path("const");
    if (!constant.isMissingNode() && !constant.equals(node)) {
      findings.problem(place, "is '" + node.asText() + "'", "write " + constant.asText());
    }
    JsonNode choices = schema.path("enum");
    if (choices.isMissingNode()) {
      return;
    }
    var words = new ArrayList<String>();
    choices.forEach(choice -> words.add(choice.textValue()));
    if (!words.contains(node.asText())) {
      findings.problem(
          place,
          "is '" + node.asText() + "'",
          Nearness.meant(node.asText(), words)
                  .map(meant -> "did you mean " + meant + "? ")
                  .orElse("")
              + "write one of "
              + String.join(", ", words));
    }
  }
}

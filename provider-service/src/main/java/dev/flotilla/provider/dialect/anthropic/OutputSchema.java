package dev.flotilla.provider.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import java.util.Set;
import java.util.StringJoiner;

/**
 * A JSON Schema within what Anthropic can hold a model to. Objects are closed, which narrows what
 * the caller allowed and so contradicts nothing. Bounds it does not know are told to the model in
 * the description instead, and the router judges the answer by the caller's own schema. What would
 * have to be given up is refused.
 */
final class OutputSchema {
  private static final Set<String> SCHEMAS_BY_NAME = Set.of("properties", "$defs", "definitions");
  private static final Set<String> KEPT =
      Set.of(
          "type",
          "enum",
          "const",
          "required",
          "title",
          "description",
          "default",
          "$ref",
          "$schema",
          "$id",
          "$comment");
  private static final Set<String> TOLD =
      Set.of(
          "minimum",
          "maximum",
          "exclusiveMinimum",
          "exclusiveMaximum",
          "multipleOf",
          "minLength",
          "maxLength",
          "pattern",
          "maxItems",
          "uniqueItems",
          "minProperties",
          "maxProperties",
          "examples");
  private static final Set<String> FORMATS =
      Set.of(
          "date-time",
          "time",
          "date",
          "duration",
          "email",
          "hostname",
          "uri",
          "ipv4",
          "ipv6",
          "uuid");

  private OutputSchema() {}

  static ObjectNode of(ObjectNode schema, String path) throws Unsayable {
    ObjectNode out = Json.object();
    var told = new StringJoiner("; ");
    for (var field : schema.properties()) {
      String name = field.getKey();
      JsonNode value = field.getValue();
      String place = path + "." + name;
      if (SCHEMAS_BY_NAME.contains(name)) {
        ObjectNode named = out.putObject(name);
        for (var entry : value.properties()) {
          named.set(entry.getKey(), one(entry.getValue(), place + "." + entry.getKey()));
        }
      } else if (KEPT.contains(name)) {
        out.set(name, value);
      } else if (TOLD.contains(name)) {
        told.add(name + ": " + Json.text(value));
      } else {
        switch (name) {
          case "items" -> out.set(name, one(value, place));
          case "anyOf", "allOf" -> out.set(name, all(value, place));
          // Of several that fit, the first is as good: what satisfies one is judged later.
          case "oneOf" -> out.set("anyOf", all(value, place));
          case "minItems" -> {
            if (value.asInt() <= 1) {
              out.set(name, value);
            } else {
              told.add(name + ": " + value);
            }
          }
          case "format" -> {
            if (FORMATS.contains(value.asText())) {
              out.set(name, value);
            } else {
              told.add(name + ": " + value.asText());
            }
          }
          case "additionalProperties" -> {
            if (!value.isBoolean() || value.booleanValue()) {
              throw Unsayable.here(place, "objects must be closed; write false");
            }
          }
          default -> throw Unsayable.here(place, "this keyword cannot be kept; leave it out");
        }
      }
    }
    if (out.has("properties") || isObject(out.path("type"))) {
      out.put("additionalProperties", false);
    }
    if (told.length() > 0) {
      String before = out.path("description").asText("");
      out.put("description", before.isEmpty() ? told.toString() : before + " (" + told + ")");
    }
    return out;
  }

  private static boolean isObject(JsonNode type) {
    for (JsonNode one : type) {
      if (one.asText().equals("object")) {
        return true;
      }
    }
    return type.asText().equals("object");
  }

  private static ArrayNode all(JsonNode schemas, String path) throws Unsayable {
    ArrayNode out = Json.object().putArray("all");
    int at = 0;
    for (JsonNode schema : schemas) {
      out.add(one(schema, path + "[" + at++ + "]"));
    }
    return out;
  }

  private static ObjectNode one(JsonNode schema, String path) throws Unsayable {
    if (schema instanceof ObjectNode object) {
      return of(object, path);
    }
    throw Unsayable.here(path, "it must be a schema that says a type");
  }
}

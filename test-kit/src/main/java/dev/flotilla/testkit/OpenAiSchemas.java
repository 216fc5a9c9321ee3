package dev.flotilla.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What OpenAI itself says its requests and answers are: the judge of what we send and give. Its
 * description is OpenAPI 3.1, whose schemas are JSON Schema's draft 2020-12. Fields it does not
 * name are admitted where it does not forbid them. Nothing is fetched. Thread-safe.
 */
public final class OpenAiSchemas {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, Schema> COMPILED = new ConcurrentHashMap<>();

  /** Reading takes a moment: only who asks waits. */
  private static final class Description {
    static final JsonNode ALL = read();

    private static JsonNode read() {
      try (InputStream in =
          Objects.requireNonNull(OpenAiSchemas.class.getResourceAsStream("openai-schemas.json"))) {
        return inTheDraftsWords(JSON.readTree(in));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private OpenAiSchemas() {}

  /**
   * The description in the draft's own words. What may be null it says in two ways, of which {@code
   * nullable} is none of the draft's; and several of its alternatives overlap, such as two forms of
   * a user's message, where what fits more than one is as good as what fits one.
   */
  private static JsonNode inTheDraftsWords(JsonNode node) {
    if (node.isArray()) {
      ArrayNode list = JSON.createArrayNode();
      node.forEach(each -> list.add(inTheDraftsWords(each)));
      return list;
    }
    if (!node.isObject()) {
      return node;
    }
    ObjectNode plain = JSON.createObjectNode();
    for (var field : node.properties()) {
      String name = field.getKey().equals("oneOf") ? "anyOf" : field.getKey();
      plain.set(name, inTheDraftsWords(field.getValue()));
    }
    if (!plain.path("nullable").isBoolean() || !plain.remove("nullable").booleanValue()) {
      return plain;
    }
    ObjectNode orNull = JSON.createObjectNode();
    orNull.putArray("anyOf").add(plain).addObject().put("type", "null");
    return orNull;
  }

  /**
   * What is wrong with a document; empty when nothing is.
   *
   * @param schema name of the schema, e.g. {@code CreateChatCompletionRequest}
   */
  public static List<String> faults(String schema, String document) {
    try {
      return faults(schema, JSON.readTree(document));
    } catch (IOException e) {
      return List.of("not JSON: " + e.getMessage());
    }
  }

  /** The same for one that has been read. */
  public static List<String> faults(String schema, JsonNode document) {
    return COMPILED.computeIfAbsent(schema, OpenAiSchemas::compiled).validate(document).stream()
        .map(OpenAiSchemas::told)
        .toList();
  }

  private static String told(Error error) {
    return error.getInstanceLocation() + " " + error.getMessage();
  }

  private static Schema compiled(String name) {
    JsonNode schemas = Description.ALL.path("components");
    if (!schemas.path("schemas").has(name)) {
      throw new IllegalArgumentException("there is no schema " + name);
    }
    ObjectNode root = JSON.createObjectNode().put("$ref", "#/components/schemas/" + name);
    root.set("components", schemas);
    return SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemaLoader(loader -> loader.fetchRemoteResources(false)))
        .getSchema(root);
  }
}

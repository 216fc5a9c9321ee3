package dev.flotilla.pipelines.loading;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.flotilla.pipelines.value.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a value before a run, as far as a JSON Schema tells.
 *
 * @param schema of the value
 * @param root the schema within which references are looked up
 * @param items of a list that has no schema of its own; null otherwise
 * @param mostItems how long such a list is at most; null when nobody knows
 * @param mayBeNull why it may be null; null when it may not
 * @param origin who wrote it
 */
record Shape(
    JsonNode schema,
    JsonNode root,
    @Nullable Shape items,
    @Nullable Integer mostItems,
    @Nullable String mayBeNull,
    Origin origin) {
  private static final List<String> BEYOND_US =
      List.of("anyOf", "oneOf", "allOf", "if", "not", "$dynamicRef", "patternProperties");

  private static final int MOST_REFERENCES = 20;

  /** Who wrote a value. */
  enum Origin {
    CALLER("the caller's text"),
    MODEL("what a model wrote"),
    SERVER("what a server answered"),
    PERSON("what a person wrote"),
    PIPELINE("");

    private final String words;

    Origin(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  /** What is found behind a step of a path. */
  sealed interface Found {
    /**
     * @param surely whether the field is always there
     */
    record There(Shape shape, boolean surely) implements Found {}

    /** The schema lists all fields, and it is none of them. */
    record NoSuchField(List<String> fields) implements Found {}

    /** It has no fields, or no items. */
    record NotThatKind(Kind kind) implements Found {}
  }

  static Shape any(Origin origin) {
    return of(BooleanNode.TRUE, origin);
  }

  static Shape of(JsonNode schema, Origin origin) {
    return new Shape(schema, schema, null, null, null, origin);
  }

  static Shape ofKind(Kind kind, Origin origin) {
    String type =
        switch (kind) {
          case TEXT -> "string";
          case TRUTH -> "boolean";
          case NUMBER -> "number";
          case LIST -> "array";
          case OBJECT -> "object";
          case NULL -> "null";
          case ANY -> "";
        };
    return type.isEmpty()
        ? any(origin)
        : of(JsonNodeFactory.instance.objectNode().put("type", type), origin);
  }

  static Shape listOf(Shape item, @Nullable Integer mostItems, Origin origin) {
    return new Shape(BooleanNode.TRUE, BooleanNode.TRUE, item, mostItems, null, origin);
  }

  Shape orNull(String why) {
    return new Shape(schema, root, items, mostItems, why, origin);
  }

  Shape notNull() {
    return new Shape(schema, root, items, mostItems, null, origin);
  }

  private Shape inner(JsonNode schema) {
    return new Shape(schema, root, null, null, null, origin);
  }

  Kind kind() {
    if (items != null) {
      return Kind.LIST;
    }
    JsonNode known = resolved();
    JsonNode type = known.path("type");
    if (type.isArray()) {
      return Kind.ANY;
    }
    return switch (type.asText("")) {
      case "string" -> Kind.TEXT;
      case "boolean" -> Kind.TRUTH;
      case "integer", "number" -> Kind.NUMBER;
      case "array" -> Kind.LIST;
      case "object" -> Kind.OBJECT;
      case "null" -> Kind.NULL;
      default -> allTexts(known.path("enum")) ? Kind.TEXT : Kind.ANY;
    };
  }

  private static boolean allTexts(JsonNode values) {
    if (values.isEmpty()) {
      return false;
    }
    for (JsonNode value : values) {
      if (!value.isTextual()) {
        return false;
      }
    }
    return true;
  }

  /** Whether it can be nothing but a number, true, false, or one of listed words. */
  boolean harmless() {
    if (items != null) {
      return items.harmless();
    }
    JsonNode known = resolved();
    Kind kind = kind();
    return kind == Kind.NUMBER
        || kind == Kind.TRUTH
        || known.has("enum")
        || known.has("const")
        || (kind == Kind.LIST && known.has("items") && inner(known.path("items")).harmless());
  }

  /** How long a list is at most; null when nobody knows. */
  @Nullable Integer longest() {
    if (items != null) {
      return mostItems;
    }
    JsonNode most = resolved().path("maxItems");
    return most.canConvertToInt() && most.isIntegralNumber()
        ? Integer.valueOf(most.intValue())
        : null;
  }

  Found item() {
    if (items != null) {
      return new Found.There(items, true);
    }
    Kind kind = kind();
    if (kind == Kind.ANY) {
      return new Found.There(any(origin), true);
    }
    if (kind != Kind.LIST) {
      // What runs over an object sees its field names.
      return kind == Kind.OBJECT ? new Found.There(any(origin), true) : new Found.NotThatKind(kind);
    }
    JsonNode of = resolved().path("items");
    return new Found.There(of.isMissingNode() ? any(origin) : inner(of), true);
  }

  /** Whether its schema speaks of a field. */
  boolean lists(String field) {
    return resolved().path("properties").has(field);
  }

  Found field(String name) {
    Kind kind = kind();
    if (kind == Kind.ANY) {
      return new Found.There(any(origin), true);
    }
    if (kind != Kind.OBJECT) {
      return new Found.NotThatKind(kind);
    }
    JsonNode known = resolved();
    JsonNode fields = known.path("properties");
    if (fields.has(name)) {
      boolean surely = false;
      for (JsonNode required : known.path("required")) {
        surely |= required.asText().equals(name);
      }
      return new Found.There(inner(fields.path(name)), surely);
    }
    JsonNode others = known.path("additionalProperties");
    boolean open =
        fields.isEmpty()
            || others.isObject()
            || others.asBoolean(false)
            || BEYOND_US.stream().anyMatch(known::has);
    if (open) {
      return new Found.There(others.isObject() ? inner(others) : any(origin), false);
    }
    var names = new ArrayList<String>();
    fields.fieldNames().forEachRemaining(names::add);
    return new Found.NoSuchField(names);
  }

  /** The schema that a reference stands for; one that admits everything when it cannot be found. */
  private JsonNode resolved() {
    JsonNode at = schema;
    for (int i = 0; at.path("$ref").isTextual(); i++) {
      String reference = at.path("$ref").textValue();
      if (i == MOST_REFERENCES || !reference.startsWith("#")) {
        return BooleanNode.TRUE;
      }
      at =
          reference.equals("#")
              ? root
              : reference.startsWith("#/") ? root.at(reference.substring(1)) : BooleanNode.TRUE;
    }
    return at;
  }
}

package dev.flotilla.pipelines.value;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON as expressions and templates see it, and back. */
public final class Plain {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Plain() {}

  /**
   * A value of JSON. Whole numbers become Long while they fit, all other numbers Double, so digits
   * beyond the seventeenth are lost.
   *
   * @return unmodifiable; null for JSON's null
   */
  public static @Nullable Object of(@Nullable JsonNode node) {
    if (node == null) {
      return null;
    }
    return switch (node.getNodeType()) {
      case STRING -> node.textValue();
      case BOOLEAN -> node.booleanValue();
      case NUMBER -> {
        if (node.isIntegralNumber() && node.canConvertToLong()) {
          yield node.longValue();
        }
        yield node.doubleValue();
      }
      case ARRAY -> {
        var list = new ArrayList<@Nullable Object>(node.size());
        node.forEach(item -> list.add(of(item)));
        yield Collections.unmodifiableList(list);
      }
      case OBJECT -> {
        var map = new LinkedHashMap<String, @Nullable Object>();
        node.properties().forEach(field -> map.put(field.getKey(), of(field.getValue())));
        yield Collections.unmodifiableMap(map);
      }
      case NULL, MISSING, BINARY, POJO -> null;
    };
  }

  /**
   * The same value as JSON.
   *
   * @throws IllegalArgumentException for anything but the values this package is about
   */
  public static JsonNode json(@Nullable Object value) {
    return switch (value) {
      case null -> NODES.nullNode();
      case String text -> NODES.textNode(text);
      case Boolean truth -> NODES.booleanNode(truth);
      case Long number -> NODES.numberNode(number);
      case Integer number -> NODES.numberNode(number.longValue());
      case Double number -> NODES.numberNode(number);
      case List<?> list -> {
        var array = NODES.arrayNode(list.size());
        list.forEach(item -> array.add(json(item)));
        yield array;
      }
      case Map<?, ?> map -> {
        var object = NODES.objectNode();
        map.forEach((name, item) -> object.set(String.valueOf(name), json(item)));
        yield object;
      }
      default ->
          throw new IllegalArgumentException(
              "a value of " + value.getClass() + " cannot pass between steps");
    };
  }
}

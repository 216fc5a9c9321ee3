package dev.flotilla.pipelines.pricing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.flotilla.pipelines.template.Sizes;
import dev.flotilla.pipelines.template.Template;
import dev.flotilla.pipelines.value.Path;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How big the values of a run are, by name. One thread. */
final class SizeBook implements Sizes {
  /** A value of which nothing is known; no text that contains it is longer. */
  static final long ANY = Template.MOST_BYTES;

  /** An item of a JSON list has at least a character and a comma. */
  private static final long LEAST_PER_ITEM = 2;

  /**
   * What is known of a value.
   *
   * @param bytes of all of it, printed
   * @param items of a list; null when only {@code schema} may tell
   * @param schema null when there is none
   * @param actual the value itself; null when it is not known yet
   */
  record Size(
      long bytes, @Nullable Long items, @Nullable JsonNode schema, @Nullable JsonNode actual) {
    static Size of(long bytes) {
      return new Size(bytes, null, null, null);
    }
  }

  private final Map<String, Size> known = new HashMap<>();
  private final boolean atMost;

  /**
   * @param atMost whether sizes of which nothing is known are the greatest possible, or small
   */
  SizeBook(boolean atMost) {
    this.atMost = atMost;
  }

  SizeBook copy() {
    var copy = new SizeBook(atMost);
    copy.known.putAll(known);
    return copy;
  }

  boolean atMost() {
    return atMost;
  }

  void put(String name, Size size) {
    known.put(name, size);
  }

  /** Of something about which nothing is known. */
  Size unknown() {
    return Size.of(atMost ? ANY : 400);
  }

  @Override
  public long bytes(Path path) {
    Size size = known.getOrDefault(path.name(), unknown());
    List<String> rest = path.steps().subList(1, path.steps().size());
    if (size.actual() != null) {
      return bytes(at(size.actual(), rest));
    }
    Long items = size.items();
    boolean intoItems = items != null && !rest.isEmpty() && rest.getFirst().equals(Path.ITEM);
    long whole = items != null && intoItems && items > 0 ? size.bytes() / items : size.bytes();
    List<String> inSchema = intoItems ? rest.subList(1, rest.size()) : rest;
    return size.schema() == null || (items != null && !intoItems)
        ? whole
        : Math.min(whole, SchemaSize.bytes(SchemaSize.at(size.schema(), inSchema)));
  }

  @Override
  public long items(Path path) {
    Size size = known.getOrDefault(path.name(), unknown());
    List<String> rest = path.steps().subList(1, path.steps().size());
    if (size.actual() != null) {
      JsonNode list = at(size.actual(), rest);
      return list.isMissingNode() ? 0 : list.size();
    }
    if (size.items() != null && rest.isEmpty()) {
      return size.items();
    }
    boolean intoItems =
        size.items() != null && !rest.isEmpty() && rest.getFirst().equals(Path.ITEM);
    List<String> inSchema = intoItems ? rest.subList(1, rest.size()) : rest;
    long most =
        size.schema() == null
            ? Long.MAX_VALUE
            : SchemaSize.items(SchemaSize.at(size.schema(), inSchema));
    long bytes = bytes(path);
    return Math.min(most, atMost ? bytes / LEAST_PER_ITEM + 1 : Math.min(5, bytes / 40 + 1));
  }

  private static long bytes(JsonNode value) {
    String text = value.isTextual() ? value.textValue() : value.toString();
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** For the items of a list, the list: together they are no bigger. */
  private static JsonNode at(JsonNode value, List<String> steps) {
    JsonNode at = value;
    for (String step : steps) {
      if (at.isArray()) {
        return at;
      }
      at = at.isObject() ? at.path(step) : MissingNode.getInstance();
    }
    return at;
  }
}

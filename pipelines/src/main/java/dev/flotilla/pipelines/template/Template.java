package dev.flotilla.pipelines.template;

import io.pebbletemplates.pebble.error.PebbleException;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import java.io.IOException;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A text with values in it, in Pebble's syntax, compiled once. Thread-safe. */
public final class Template {
  /** No text is longer in UTF-8. */
  public static final long MOST_BYTES = 3L * Engine.MOST_CHARACTERS;

  private final String source;
  private final PebbleTemplate compiled;
  private final List<Reference> references;
  private final Extent extent;
  private final Set<String> names;

  private Template(String source, PebbleTemplate compiled, References found) {
    this.source = source;
    this.compiled = compiled;
    this.references = found.all();
    this.extent = found.extent();
    var roots = new TreeSet<String>();
    references.forEach(reference -> roots.add(reference.path().name()));
    this.names = Set.copyOf(roots);
  }

  /**
   * Compiles.
   *
   * @throws BadTemplate when it is none
   */
  public static Template of(String source) throws BadTemplate {
    try {
      var compiled = (PebbleTemplateImpl) Engine.compile(source);
      return new Template(source, compiled, References.in(compiled.getRootNode()));
    } catch (PebbleException e) {
      Integer line = e.getLineNumber();
      throw new BadTemplate(String.valueOf(e.getPebbleMessage()), line == null ? 0 : line);
    } catch (NumberFormatException e) {
      // Pebble's parser does not expect a whole number that is longer than a long.
      throw new BadTemplate(
          "a number is too large; write one up to " + Long.MAX_VALUE + ": " + e.getMessage(), 0);
    }
  }

  /** As it is written. */
  public String source() {
    return source;
  }

  /** What it must be given: the names it uses and does not define itself. */
  public Set<String> names() {
    return names;
  }

  /** Every place in which it looks at something of its names, in the order of the text. */
  public List<Reference> references() {
    return references;
  }

  /**
   * How long the text becomes, in bytes of UTF-8: at most when the sizes are what the values have
   * at most.
   */
  public long bytes(Sizes sizes) {
    return Math.min(extent.bytes(sizes), MOST_BYTES);
  }

  /**
   * The text with the values in it.
   *
   * @param scope values of {@code dev.flotilla.pipelines.value} by name; more than it needs is fine
   * @throws RenderFailed when something it names is missing, or the text would be longer than
   *     {@link Engine#MOST_CHARACTERS}
   */
  public String render(Map<String, ? extends @Nullable Object> scope) throws RenderFailed {
    var seen = new HashMap<String, @Nullable Object>();
    for (String name : names) {
      if (!scope.containsKey(name)) {
        throw new RenderFailed("the text names '" + name + "', which is not there");
      }
      seen.put(name, scope.get(name));
    }
    var text = new StringWriter();
    try {
      compiled.evaluate(text, seen);
      return text.toString();
    } catch (PebbleException e) {
      throw new RenderFailed(e.getPebbleMessage() + " (line " + e.getLineNumber() + ")");
    } catch (IOException e) {
      throw new RenderFailed(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Template that && that.source.equals(source);
  }

  @Override
  public int hashCode() {
    return source.hashCode();
  }

  @Override
  public String toString() {
    return source;
  }
}

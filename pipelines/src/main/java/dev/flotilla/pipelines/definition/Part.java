package dev.flotilla.pipelines.definition;

import dev.flotilla.pipelines.template.Template;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A piece of a message. */
public sealed interface Part {
  /** The template of what is text; none for media. */
  default Stream<Template> texts() {
    return this instanceof Text(Template text) ? Stream.of(text) : Stream.of();
  }

  record Text(Template text) implements Part {}

  /**
   * @param url an address or a {@code data:} URL
   */
  record Image(Template url) implements Part {}

  /**
   * @param data in base64
   * @param format e.g. {@code wav}
   */
  record Audio(Template data, String format) implements Part {}

  /**
   * @param data a {@code data:} URL
   * @param name null when it has none
   */
  record File(Template data, @Nullable Template name) implements Part {}
}

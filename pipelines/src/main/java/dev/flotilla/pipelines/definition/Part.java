package dev.flotilla.pipelines.definition;

import dev.flotilla.pipelines.template.Template;
import org.jspecify.annotations.Nullable;

/** A piece of a message. */
public sealed interface Part {
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

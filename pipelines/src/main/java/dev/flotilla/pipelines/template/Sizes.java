package dev.flotilla.pipelines.template;

import dev.flotilla.pipelines.value.Path;

/** How big the values are that a template will be filled in with, as far as that is known. */
public interface Sizes {
  /** Bytes of a value when it is printed. */
  long bytes(Path path);

  /** How many items a list has. */
  long items(Path path);
}

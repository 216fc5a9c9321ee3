package dev.flotilla.pipelines.template;

import java.util.List;

/**
 * A place where a template looks at a value.
 *
 * @param path the name, and what of it: fields by name, {@link #ITEM} for the items of a list,
 *     {@link #COMPUTED} for what is known only when it is filled in
 * @param line in the template, from 1
 * @param use what becomes of it
 */
public record Reference(List<String> path, int line, Use use) {
  public static final String ITEM = "[]";
  public static final String COMPUTED = "[?]";

  /** What becomes of a value. */
  public enum Use {
    /** It becomes part of the text as it is. */
    PRINTED,
    /** It becomes part of the text in a block that is declared to be data. */
    DATA,
    /** It decides what becomes part of the text. */
    TESTED
  }

  public Reference {
    path = List.copyOf(path);
  }

  /** The name it begins with. */
  public String name() {
    return path.getFirst();
  }
}

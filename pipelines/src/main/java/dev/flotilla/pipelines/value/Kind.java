package dev.flotilla.pipelines.value;

/** What kind of value something is, as far as that is known before a run. */
public enum Kind {
  /** Nobody knows. */
  ANY("anything"),
  TEXT("a text"),
  TRUTH("true or false"),
  NUMBER("a number"),
  LIST("a list"),
  OBJECT("an object"),
  NULL("null");

  private final String words;

  Kind(String words) {
    this.words = words;
  }

  /** In a sentence. */
  public String words() {
    return words;
  }
}

package dev.flotilla.catalog;

/** Which model a provider says it served, beside the one that was asked. */
public sealed interface Served {
  /** The one that was asked, or the provider did not say. */
  record AsAsked() implements Served {}

  /** Another one of the same provider, which the catalogue knows. */
  record Another(Model model) implements Served {}

  /** A name nobody knows. */
  record Unknown() implements Served {}
}

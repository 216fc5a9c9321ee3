package dev.flotilla.pipelines.definition;

/** What happens when an action fails otherwise than by an invalid output. */
public enum OnError {
  /** The run fails. */
  FAIL,
  /** The output, or the item's, is null and the run goes on. */
  SKIP,
  /** The next of the fallbacks is asked; after the last one the run fails. */
  NEXT
}

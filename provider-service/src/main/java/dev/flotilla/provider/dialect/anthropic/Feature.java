package dev.flotilla.provider.dialect.anthropic;

import dev.flotilla.catalog.Model;
import java.util.Locale;

/**
 * What this dialect must know of a model; the catalogue's {@code supports} names it in lower case.
 */
enum Feature {
  TOOLS,
  JSON_SCHEMA,
  /** Takes temperature, top_p and top_k; newer models refuse all but the defaults. */
  SAMPLING,
  /** A system message may come after a turn of the user. */
  SYSTEM_MESSAGES,
  /** Thinks when it is given a number of tokens for it. */
  REASONING_BUDGET,
  /** Thinks as much as it finds right for an effort. */
  REASONING_ADAPTIVE,
  /** Thinks unless it is told not to. */
  REASONING_BY_DEFAULT,
  /** Cannot be told not to think. */
  REASONING_ALWAYS,
  /** Knows an effort beyond high. */
  EFFORT_XHIGH;

  boolean of(Model model) {
    return model.supports().contains(name().toLowerCase(Locale.ROOT));
  }
}

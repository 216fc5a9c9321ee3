package dev.flotilla.catalog;

import org.jspecify.annotations.Nullable;

/**
 * What a provider grants to one key for one model in a minute.
 *
 * @param requests at least 1; null when it is not limited or not known
 * @param tokens of input and output together, at least 1; null as above
 */
public record Rates(@Nullable Long requests, @Nullable Long tokens) {
  public static final Rates UNKNOWN = new Rates(null, null);
}

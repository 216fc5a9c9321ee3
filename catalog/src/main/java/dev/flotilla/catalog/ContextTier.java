package dev.flotilla.catalog;

/**
 * What holds for all tokens of a call once its prompt is long.
 *
 * @param above it holds for prompts of more tokens than this, cached ones included
 */
public record ContextTier(long above, Tariff tariff) {}

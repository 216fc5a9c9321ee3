package dev.flotilla.catalog;

/**
 * What makes a model one that turns texts into vectors, and nothing else: it does not converse.
 *
 * @param space vectors of models with the same space can be compared with each other; those of any
 *     others are numbers without a meaning to each other
 * @param dimensions length of a vector when nobody asks for a shorter one, at least 1
 * @param shortens whether shorter vectors can be asked for
 */
public record Embedding(String space, int dimensions, boolean shortens) {}

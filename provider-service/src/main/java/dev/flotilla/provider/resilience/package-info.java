/**
 * Which way a call takes to its model and whether it is made again: one lane for each place where
 * the model is served and each key, with a circuit that keeps calls away while it fails. It never
 * asks a provider itself, and what one caller did wrong never counts. Start with {@link
 * dev.flotilla.provider.resilience.Lanes}.
 */
@NullMarked
package dev.flotilla.provider.resilience;

import org.jspecify.annotations.NullMarked;

/**
 * Keeps calls away from a model that fails: one circuit for each provider, model and key, which
 * opens by what attempts report and lets a few probes through before it closes. It never asks a
 * provider itself, and what one caller did wrong never counts. Start with {@link
 * dev.flotilla.provider.resilience.Breakers}.
 */
@NullMarked
package dev.flotilla.provider.resilience;

import org.jspecify.annotations.NullMarked;

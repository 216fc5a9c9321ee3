/**
 * What the router tells cost-service about a request it has answered: why this model, why not the
 * cache, why a fallback. Explanations, never money, prompts or answers. Start with {@link
 * dev.flotilla.contracts.decision.Decision}.
 */
@NullMarked
package dev.flotilla.contracts.decision;

import org.jspecify.annotations.NullMarked;

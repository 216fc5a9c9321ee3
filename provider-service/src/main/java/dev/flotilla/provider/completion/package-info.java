/**
 * The way of a paid call: who asks, what it may cost, the record before, the provider, the record
 * after. It never chooses a model and never goes to another one. Start with {@link
 * dev.flotilla.provider.completion.Completions}.
 */
@NullMarked
package dev.flotilla.provider.completion;

import org.jspecify.annotations.NullMarked;

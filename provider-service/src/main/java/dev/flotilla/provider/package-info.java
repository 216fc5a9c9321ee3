/**
 * provider-service spends: the only place from which a model provider is called, and therefore the
 * only gate in front of money. It never decides which model is right. Start with {@link
 * dev.flotilla.provider.completion.Completions}; {@link dev.flotilla.provider.ProviderParts} shows
 * how the parts are put together.
 */
@NullMarked
package dev.flotilla.provider;

import org.jspecify.annotations.NullMarked;

/**
 * What an attempt can cost at most, what it did cost, and what it probably cost when the provider
 * does not say. It never reads prices from anywhere but the catalogue. Start with {@link
 * dev.flotilla.provider.pricing.Ceiling}.
 */
@NullMarked
package dev.flotilla.provider.pricing;

import org.jspecify.annotations.NullMarked;

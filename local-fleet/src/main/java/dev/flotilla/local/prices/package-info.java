/**
 * Makes the price list we ship from public ones, and looks for mistakes in both. It never fetches
 * anything and never changes what a person wrote. Start with {@link
 * dev.flotilla.local.prices.Prices}.
 */
@NullMarked
package dev.flotilla.local.prices;

import org.jspecify.annotations.NullMarked;

/**
 * Prices attempts a second time, by this service's own catalogue. It finds differences and never
 * corrects them. Start with {@link dev.flotilla.cost.pricing.PriceCheck}.
 */
@NullMarked
package dev.flotilla.cost.pricing;

import org.jspecify.annotations.NullMarked;

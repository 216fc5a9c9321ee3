/**
 * The doors to what cost-service keeps: reports, prices, bills, budgets and the story of each
 * request. It passes on and never looks inside. Start with {@link
 * dev.flotilla.router.costs.CostDoors}.
 */
@NullMarked
package dev.flotilla.router.costs;

import org.jspecify.annotations.NullMarked;

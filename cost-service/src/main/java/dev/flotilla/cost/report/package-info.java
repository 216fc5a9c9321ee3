/**
 * What was spent, by time, model, team and the like: sums over the ledger's rows; and what that
 * saved, with the router's decisions beside them. It never writes. Start with {@link
 * dev.flotilla.cost.report.CostResource}.
 */
@NullMarked
package dev.flotilla.cost.report;

import org.jspecify.annotations.NullMarked;

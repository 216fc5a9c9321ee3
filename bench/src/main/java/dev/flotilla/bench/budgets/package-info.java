/**
 * Sends more at once than a budget allows, again and again, and looks whether more was spent. It
 * sees what any caller and administrator sees, and nothing else of the fleet. Start at {@link
 * dev.flotilla.bench.budgets.Race}.
 */
@NullMarked
package dev.flotilla.bench.budgets;

import org.jspecify.annotations.NullMarked;

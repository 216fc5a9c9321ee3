package dev.flotilla.cost.reconcile;

import java.util.List;

/**
 * What an import found.
 *
 * @param applied whether differences were to be corrected
 * @param differences one for each line of the import, those without a difference included
 */
public record ImportReport(String provider, boolean applied, List<DayDifference> differences) {}

/**
 * The ledger for other programs: files for spreadsheets and cost tools, and the shapes collectors
 * of OpenAI's costs expect. It never adds up differently from the reports, and streams what may be
 * long. Start with {@link dev.flotilla.cost.export.ExportResource}.
 */
@NullMarked
package dev.flotilla.cost.export;

import org.jspecify.annotations.NullMarked;

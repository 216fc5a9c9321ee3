/**
 * How rows of a batch are read: each alone, so that one bad row does not stop its batch. It knows
 * fields and their bounds, never what a row is for. Start with {@link
 * dev.flotilla.cost.row.StrictRow}.
 */
@NullMarked
package dev.flotilla.cost.row;

import org.jspecify.annotations.NullMarked;

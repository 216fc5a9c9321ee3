/**
 * Reviews: what is asked of a panel, and what became of it. It never calls a model itself and never
 * decides what to think of an artifact. Start with {@link dev.flotilla.review.panel.ReviewDesk}.
 */
@NullMarked
package dev.flotilla.review.panel;

import org.jspecify.annotations.NullMarked;

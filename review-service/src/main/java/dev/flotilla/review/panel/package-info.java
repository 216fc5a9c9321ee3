/**
 * Reviews: what is asked of a panel, and what became of it. It never calls a model itself and never
 * lets a model judge its own work. Start with {@link dev.flotilla.review.panel.ReviewResource}.
 */
@NullMarked
package dev.flotilla.review.panel;

import org.jspecify.annotations.NullMarked;

/** What the router has learned, and how well: {@link dev.flotilla.local.learning.LearningDesk}. */
@NullMarked
package dev.flotilla.local.learning;

import org.jspecify.annotations.NullMarked;

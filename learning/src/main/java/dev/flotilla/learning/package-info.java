/** Data that models are made from. */
@NullMarked
package dev.flotilla.learning;

import org.jspecify.annotations.NullMarked;

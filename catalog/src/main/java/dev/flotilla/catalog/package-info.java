/**
 * Which models exist, what they can do and what they cost: read once from files, and correct from
 * then on. It never calls anybody and never decides which model is right. Start with {@link
 * dev.flotilla.catalog.Catalog}.
 */
@NullMarked
package dev.flotilla.catalog;

import org.jspecify.annotations.NullMarked;

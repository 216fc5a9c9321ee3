/**
 * What every HTTP entry of this service shares: who is looking, numbers as plain decimals, and what
 * to say when the database is away. It never decides what is asked. Start with {@link
 * dev.flotilla.cost.door.Viewer}.
 */
@NullMarked
package dev.flotilla.cost.door;

import org.jspecify.annotations.NullMarked;

/**
 * JSON Schemas that others wrote, judged by in bounded time and without fetching anything. It
 * decides whether a value satisfies one and says where not. Start with {@link
 * dev.flotilla.pipelines.schema.JsonSchema}.
 */
@NullMarked
package dev.flotilla.pipelines.schema;

import org.jspecify.annotations.NullMarked;

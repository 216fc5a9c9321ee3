/**
 * Who may come in where: one registry of paths, methods, roles and size limits, from which routes
 * and OpenAPI are made. It never answers a request itself. Start with {@link
 * dev.flotilla.router.door.Doors}.
 */
@NullMarked
package dev.flotilla.router.door;

import org.jspecify.annotations.NullMarked;

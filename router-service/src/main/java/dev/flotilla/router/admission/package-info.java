/**
 * How much a key may ask: requests and tokens per minute, counted in Redis for all routers
 * together, and by each router for its share while Redis is away. It never makes a request wait,
 * neither for Redis nor for its turn. Start with {@link dev.flotilla.router.admission.Admission}.
 */
@NullMarked
package dev.flotilla.router.admission;

import org.jspecify.annotations.NullMarked;

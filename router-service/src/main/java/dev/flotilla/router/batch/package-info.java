/**
 * Many requests handed in at once: each is answered on the road of a caller's own, when there is
 * room for it, and what went wrong with one is no other's business. It never answers a request
 * itself. Start with {@link dev.flotilla.router.batch.BatchRunner}.
 */
@NullMarked
package dev.flotilla.router.batch;

import org.jspecify.annotations.NullMarked;

/**
 * A request that says by its {@code idempotency-key} which one it is, is answered once: who sends
 * it again gets the same reply. It never knows what is asked or answered, and never keeps a request
 * waiting for Redis. Start with {@link dev.flotilla.router.idempotency.Idempotency}.
 */
@NullMarked
package dev.flotilla.router.idempotency;

import org.jspecify.annotations.NullMarked;

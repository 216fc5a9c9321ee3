/**
 * Redis with a time box: nobody waits for it longer than allowed, and nobody fails because it is
 * away. It never keeps anything that cannot be lost. Start with {@link
 * dev.flotilla.kit.redis.TimeBoxedRedis}.
 */
@NullMarked
package dev.flotilla.kit.redis;

import org.jspecify.annotations.NullMarked;

/**
 * Bytes to and from model providers over HTTP, within bounds of time and size. It never retries and
 * never knows what the bytes mean. Start with {@link dev.flotilla.provider.transport.Transport}.
 */
@NullMarked
package dev.flotilla.provider.transport;

import org.jspecify.annotations.NullMarked;

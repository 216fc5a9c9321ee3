/**
 * What those see and do who run the fleet: how providers are, what this router was configured with,
 * providers taken out of the choice, a cache that is emptied. It decides nothing about requests,
 * and shows neither secrets nor anybody's words. Start with {@link
 * dev.flotilla.router.operations.Operations}.
 */
@NullMarked
package dev.flotilla.router.operations;

import org.jspecify.annotations.NullMarked;

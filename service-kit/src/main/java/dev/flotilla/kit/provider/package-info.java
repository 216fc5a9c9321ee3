/**
 * Where provider-service is for whoever calls models through it. It never calls anybody itself.
 * Start with {@link dev.flotilla.kit.provider.ProviderAddresses}.
 */
@NullMarked
package dev.flotilla.kit.provider;

import org.jspecify.annotations.NullMarked;

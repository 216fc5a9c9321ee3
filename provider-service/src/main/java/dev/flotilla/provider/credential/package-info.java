/**
 * What opens providers to us. It never leaves this service but towards the provider it belongs to.
 * Start with {@link dev.flotilla.provider.credential.ProviderKeys}.
 */
@NullMarked
package dev.flotilla.provider.credential;

import org.jspecify.annotations.NullMarked;

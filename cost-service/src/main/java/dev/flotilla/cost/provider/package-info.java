/**
 * How each provider did of late, by what the ledger has of all replicas: attempts and how they
 * ended, and answers that had to be asked for elsewhere. It reads and never writes, shows nobody's
 * words and judges nothing: what is too much is said by whoever asks. Start with {@link
 * dev.flotilla.cost.provider.ProviderResource}.
 */
@NullMarked
package dev.flotilla.cost.provider;

import org.jspecify.annotations.NullMarked;

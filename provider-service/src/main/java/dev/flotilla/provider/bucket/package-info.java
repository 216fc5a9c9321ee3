/**
 * How much of what a provider grants is left: a bucket of requests and tokens for each way to a
 * model, shared by all replicas through Redis, and what the provider itself says. It never waits;
 * what does not fit is told when it would. Start with {@link
 * dev.flotilla.provider.bucket.ModelBucket}.
 */
@NullMarked
package dev.flotilla.provider.bucket;

import org.jspecify.annotations.NullMarked;

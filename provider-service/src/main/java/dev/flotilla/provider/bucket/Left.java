package dev.flotilla.provider.bucket;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a provider says is left of one of its limits.
 *
 * @param limit how much it is when nothing is used; null when it did not say
 * @param untilFull until nothing counts as used any more
 */
record Left(long remaining, @Nullable Long limit, Duration untilFull) {}

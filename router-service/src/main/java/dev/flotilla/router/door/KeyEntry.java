package dev.flotilla.router.door;

import dev.flotilla.router.door.ApiKeys.KnownKey;
import java.time.Instant;

/**
 * A key that opens doors.
 *
 * @param sha256 of the key, 64 lower-case hex digits; the key itself is nowhere
 * @param expires from then on it is unknown; {@link Instant#MAX} for never
 */
public record KeyEntry(String sha256, KnownKey known, Instant expires) {}

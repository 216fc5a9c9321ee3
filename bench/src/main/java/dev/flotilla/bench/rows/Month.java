package dev.flotilla.bench.rows;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * A month of attempts, numbered by their start: 8 teams with 2 keys each, 6 models, 4 task types,
 * 10 features and 5,000 customers. {@link #LOAD} and {@link #batch} make the same rows, so that a
 * ledger can be filled quickly and then be measured through its door.
 *
 * @param rows how many attempts the month has
 */
record Month(long rows) {
  static final Instant FROM = Instant.parse("2026-05-01T00:00:00Z");
  static final Instant TO = Instant.parse("2026-06-01T00:00:00Z");

  /** Parameters: number of rows of the month, first and last number. */
  static final String LOAD =
      """
      insert into cost.attempt (attempt_id, state, request_id, origin, team, key_id, task_type, provider, model, price_version, simulated,
          started_at, ended_at, outcome, estimated, input_tokens, cache_read_tokens, output_tokens, cost_nanos, floor_nanos,
          ceiling_nanos, tags, price_check)
      select (lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0') || '7000' || '8' || lpad(to_hex(n), 15, '0'))::uuid,
          'settled', 'req_' || n, 'chat', 'team-' || n % 8, 'k_' || n % 16, 'type-' || n / 7 % 4, 'acme', 'acme/m' || n / 3 % 6, 'v', false,
          at, at, 'ok', false, 100 + n % 50, 20, 30, 1000 + n % 997, 0, 5000,
          jsonb_build_object('feature', 'f' || n / 5 % 10, 'customer', 'c' || n / 11 % 5000), 'unchecked'
      from (select n, timestamptz '2026-05-01T00:00:00Z' + n * (interval '31 days' / ?) as at from generate_series(?::bigint, ?::bigint) n)
          numbered""";

  /** The body of a request to the ledger, as provider-service sends it. */
  String batch(long first, int count) {
    ObjectNode batch = JsonNodeFactory.instance.objectNode();
    ArrayNode entries = batch.putArray("entries");
    for (long n = first; n < first + count; n++) {
      entry(entries.addObject(), n);
    }
    return batch.toString();
  }

  private void entry(ObjectNode entry, long n) {
    Instant at = FROM.plusNanos(Duration.between(FROM, TO).toNanos() / rows * n);
    entry
        .put("attempt_id", new UUID(at.toEpochMilli() << 16 | 0x7000, 1L << 63 | n).toString())
        .put("state", "settled")
        .put("request_id", "req_" + n)
        .put("origin", "chat")
        .put("team", "team-" + n % 8)
        .put("key", "k_" + n % 16)
        .put("task_type", "type-" + n / 7 % 4)
        .put("provider", "acme")
        .put("model", "acme/m" + n / 3 % 6)
        .put("price_version", "v")
        .put("simulated", false)
        .put("started_at", at.toString())
        .put("ended_at", at.toString())
        .put("outcome", "ok")
        .put("estimated", false)
        .put("cost_nanos", nanos(n))
        .put("floor_nanos", 0)
        .put("ceiling_nanos", 5_000);
    entry.putObject("usage").put("input", 100 + n % 50).put("cache_read", 20).put("output", 30);
    entry.putObject("tags").put("feature", "f" + n / 5 % 10).put("customer", "c" + n / 11 % 5_000);
  }

  private static long nanos(long n) {
    return 1_000 + n % 997;
  }

  /** What all rows cost together. */
  long nanos() {
    long whole = rows / 997;
    long rest = rows % 997;
    return 1_000 * rows + whole * (996 * 997 / 2) + rest * (rest - 1) / 2;
  }
}

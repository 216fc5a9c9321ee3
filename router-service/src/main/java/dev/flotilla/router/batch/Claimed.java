package dev.flotilla.router.batch;

import org.jspecify.annotations.Nullable;

/**
 * An item that is ours to answer until somebody else takes it over.
 *
 * @param number its place in the batch, from 0
 * @param body JSON text
 * @param lease ours: a later one is somebody else's
 * @param retries how often it was answered in vain
 * @param crashes how often its holder was never heard of again
 * @param mostNanos what it may cost; null for no limit
 * @param runId of the run that answers it; null when none was begun
 */
record Claimed(
    Batch batch,
    int number,
    String customId,
    String body,
    int lease,
    int retries,
    int crashes,
    @Nullable Long mostNanos,
    @Nullable String runId) {
  /** The same after a crash, so that nothing is paid twice; another one after an answer in vain. */
  String requestId() {
    String id = batch.id() + "." + number;
    return retries == 0 ? id : id + "." + retries;
  }
}

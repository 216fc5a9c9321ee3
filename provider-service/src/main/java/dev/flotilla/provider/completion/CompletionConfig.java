package dev.flotilla.provider.completion;

import dev.flotilla.kit.settings.Settings;
import java.time.Duration;

/**
 * @param longest the deadline of a call that brings none, and the latest one it may bring
 * @param firstChunk how long a provider may take to begin a stream; then another one is worth more
 * @param wholeAnswer how long a provider may take for an answer that is not streamed
 * @param keepAlive silence towards the caller of a stream after which a comment is sent; only a
 *     write shows that a caller has left
 * @param idle longest silence of a provider within a stream
 * @param drain how long a stream whose caller left is read on, for the usage at its end
 * @param drainChunks how many chunks of it are read on at most
 * @param progressInterval a stream writes down what it has surely cost after so long
 * @param progressChunks or after so many chunks, whichever is first
 * @param refuseUnpriced whether a request is refused that will use what has no price; otherwise it
 *     is made, charged at its ceiling and marked as estimated
 */
public record CompletionConfig(
    Duration longest,
    Duration firstChunk,
    Duration wholeAnswer,
    Duration keepAlive,
    Duration idle,
    Duration drain,
    int drainChunks,
    Duration progressInterval,
    int progressChunks,
    boolean refuseUnpriced) {
  public static CompletionConfig from(Settings settings) {
    return new CompletionConfig(
        settings.duration("flotilla.completion.longest"),
        settings.duration("flotilla.completion.first-chunk"),
        settings.duration("flotilla.completion.whole-answer"),
        settings.duration("flotilla.completion.keep-alive"),
        settings.duration("flotilla.transport.idle-timeout"),
        settings.duration("flotilla.completion.drain"),
        (int) settings.number("flotilla.completion.drain-chunks", 0, 1_000_000),
        settings.duration("flotilla.completion.progress-interval"),
        (int) settings.number("flotilla.completion.progress-chunks", 1, 1_000_000),
        settings.flag("flotilla.pricing.refuse-unpriced"));
  }
}

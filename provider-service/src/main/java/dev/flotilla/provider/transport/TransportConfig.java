package dev.flotilla.provider.transport;

import dev.flotilla.kit.settings.Settings;
import java.time.Duration;

/**
 * @param connectTimeout until a connection stands, TLS included
 * @param idleTimeout longest silence between two chunks of a stream
 * @param maxAnswerBytes a longer answer is cut off
 * @param maxLineBytes a longer line of a stream breaks it
 * @param attemptHeader whether providers are told our attempt id; for tests that compare bills
 */
public record TransportConfig(
    Duration connectTimeout,
    Duration idleTimeout,
    int maxAnswerBytes,
    int maxLineBytes,
    boolean attemptHeader) {
  public static TransportConfig from(Settings settings) {
    return new TransportConfig(
        settings.duration("flotilla.transport.connect-timeout"),
        settings.duration("flotilla.transport.idle-timeout"),
        (int) settings.number("flotilla.transport.max-answer-bytes", 1_024, 1 << 30),
        (int) settings.number("flotilla.transport.max-line-bytes", 1_024, 1 << 28),
        settings.flag("flotilla.transport.attempt-header"));
  }
}

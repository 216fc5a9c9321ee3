package dev.flotilla.provider.transport;

import java.io.InputStream;
import java.net.http.HttpHeaders;

/** What became of a request to a provider. */
public sealed interface Sent {
  /** The whole answer is here. */
  record Received(int status, HttpHeaders headers, byte[] body) implements Sent {}

  /** A stream has begun; whoever has it closes it. */
  record Opened(int status, HttpHeaders headers, InputStream events) implements Sent {}

  /**
   * Proved: no byte of the request has left, so nobody can charge for it.
   *
   * @param reason of which kind, without addresses
   */
  record NotSent(String reason) implements Sent {}

  /**
   * Proved as above: whoever listens there could not show that it is the provider. Another try
   * would meet the same one.
   */
  record Distrusted() implements Sent {}

  /** Nobody answered in time; the provider may have done the work. */
  record TimedOut() implements Sent {}

  /** The connection ended before the answer did; the provider may have done the work. */
  record Broken() implements Sent {}
}

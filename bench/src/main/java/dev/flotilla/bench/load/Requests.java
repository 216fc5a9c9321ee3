package dev.flotilla.bench.load;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of requests. All have the same length; a number within the prompt makes each its own,
 * unless the same is to be asked again. Thread-safe.
 */
final class Requests {
  private static final String WORDS =
      "Please tell me in one or two sentences what a harbour pilot does on a quiet day, and why. ";

  private final String head;
  private final String tail;
  private final boolean repeat;
  private final AtomicLong number =
      new AtomicLong(ThreadLocalRandom.current().nextLong(1_000_000_000_000L));

  Requests(Order order) {
    boolean stream = order.workload() instanceof Workload.Streams;
    String before = "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"Request ";
    String after =
        ": "
            + WORDS.repeat(Math.max(1, order.promptBytes() / WORDS.length()))
            + "\"}]"
            + (stream ? ",\"stream\":true" : "")
            + "}";
    int length = before.length() + 14 + after.length();
    URI url = URI.create(order.url());
    var head = new StringBuilder("POST " + url.getRawPath() + " HTTP/1.1\r\n");
    head.append("host: ").append(url.getAuthority()).append("\r\n");
    head.append("content-type: application/json\r\ncontent-length: ").append(length);
    order.headers().forEach((name, value) -> head.append("\r\n" + name + ": " + value));
    this.head = head + "\r\n\r\n" + before;
    this.tail = after;
    this.repeat = order.repeat();
  }

  byte[] next() {
    long id = repeat ? 0 : number.incrementAndGet() % 100_000_000_000_000L;
    return (head + String.format(Locale.ROOT, "%014d", id) + tail)
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}

package dev.flotilla.kit.http;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One server-sent event, or a comment.
 *
 * @param name the event's name; empty when it has none
 * @param data its data lines, joined by LF; empty for a comment
 * @param comment the whole line including the colon; null for an event
 */
public record SseEvent(String name, String data, @Nullable String comment) {
  /** An event without a name. */
  public static SseEvent data(String data) {
    return new SseEvent("", data, null);
  }

  public static SseEvent named(String name, String data) {
    return new SseEvent(name, data, null);
  }

  public static SseEvent comment(String text) {
    return new SseEvent("", "", ": " + text);
  }

  public boolean isComment() {
    return comment != null;
  }

  /** As it goes over the wire, with the blank line that ends it. */
  public byte[] bytes() {
    if (comment != null) {
      return (comment + "\n\n").getBytes(StandardCharsets.UTF_8);
    }
    var text = new StringBuilder(data.length() + 32);
    if (!name.isEmpty()) {
      text.append("event: ").append(name).append('\n');
    }
    data.lines().forEach(line -> text.append("data: ").append(line).append('\n'));
    if (data.isEmpty()) {
      text.append("data: \n");
    }
    return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
  }
}

package dev.flotilla.local.trace;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One span as the viewer has it.
 *
 * @param parentId null when it is the first of its trace
 * @param start microseconds since 1970
 * @param duration microseconds, at least 1
 */
record TracedSpan(
    String id,
    @Nullable String parentId,
    String name,
    String service,
    long start,
    long duration,
    Map<String, String> attributes) {

  static TracedSpan of(JsonNode zipkin) {
    var attributes = new TreeMap<String, String>();
    zipkin
        .path("tags")
        .properties()
        .forEach(tag -> attributes.put(tag.getKey(), tag.getValue().asText()));
    return new TracedSpan(
        zipkin.path("id").asText(),
        zipkin.path("parentId").asText(null),
        zipkin.path("name").asText(),
        zipkin.path("localEndpoint").path("serviceName").asText(),
        zipkin.path("timestamp").asLong(),
        zipkin.path("duration").asLong(1),
        attributes);
  }

  long end() {
    return start + duration;
  }
}

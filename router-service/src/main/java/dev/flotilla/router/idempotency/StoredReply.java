package dev.flotilla.router.idempotency;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * A reply as it was given.
 *
 * @param requestId of the request that was really answered
 * @param contentType empty for a stream of events
 */
record StoredReply(
    String requestId, int status, Map<String, String> headers, String contentType, byte[] body) {

  boolean stream() {
    return contentType.isEmpty();
  }

  /** Small: what models write has much in it that is there twice, a stream of chunks even more. */
  byte[] bytes() {
    var out = new ByteArrayOutputStream(1_024);
    try (var zip = new DataOutputStream(new GZIPOutputStream(out))) {
      ObjectNode head = Json.object().put("id", requestId).put("status", status);
      head.put("type", contentType);
      ObjectNode named = head.putObject("headers");
      headers.forEach(named::put);
      byte[] json = Json.bytes(head);
      zip.writeInt(json.length);
      zip.write(json);
      zip.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes everything", e);
    }
    return out.toByteArray();
  }

  /** Empty for what another version of us wrote there. */
  static Optional<StoredReply> of(byte[] bytes) {
    try (var zip = new DataInputStream(new GZIPInputStream(new ByteArrayInputStream(bytes)))) {
      ObjectNode head = Json.parseObject(zip.readNBytes(zip.readInt()));
      var headers = new LinkedHashMap<String, String>();
      head.path("headers")
          .properties()
          .forEach(header -> headers.put(header.getKey(), header.getValue().asText()));
      return Optional.of(
          new StoredReply(
              head.path("id").asText(),
              head.path("status").asInt(),
              headers,
              head.path("type").asText(),
              zip.readAllBytes()));
    } catch (IOException | NotJson e) {
      return Optional.empty();
    }
  }
}

package dev.flotilla.router.cache;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.exchange.ChatRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HMAC-SHA-256 over tenant, policy version and the whole request with its fields in order. An HMAC,
 * so that a copy of Redis tells nothing about prompts to somebody who guesses them.
 */
final class CacheKey {
  /**
   * How the answer travels and what only the ledger reads change no answer; the hints that do are
   * taken from where they were read, because they may be in headers.
   */
  private static final List<String> IRRELEVANT =
      List.of("stream", "stream_options", "metadata", "route");

  private static final ObjectMapper SORTED =
      JsonMapper.builder(JsonFactory.builder().recyclerPool(Json.BUFFERS).build())
          .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
          .build();

  /** Before every key of every version. */
  static final String PREFIX = "flotilla:answer:";

  private final SecretKeySpec secret;

  CacheKey(String secret) {
    this.secret = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
  }

  String of(String tenant, String policyVersion, ChatRequest request) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(secret);
      field(mac, tenant);
      field(mac, policyVersion);
      field(mac, request.hints().answerDefining());
      if (request.embeds()) {
        field(mac, request.operation().word());
      }
      ObjectNode relevant = request.body();
      if (IRRELEVANT.stream().anyMatch(relevant::has)) {
        relevant = relevant.objectNode().setAll(relevant);
        relevant.remove(IRRELEVANT);
      }
      // Written into the hash as it comes: a long prompt is not copied for it.
      SORTED.writeValue(new MacStream(mac), relevant);
      return PREFIX + "3:" + HexFormat.of().formatHex(mac.doFinal());
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(
          "every JDK has HmacSHA256, and a tree can always be written", e);
    }
  }

  /** Length first, so that no two lists of fields run together into the same bytes. */
  private static void field(Mac mac, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    mac.update(bytes);
  }

  private static final class MacStream extends OutputStream {
    private final Mac mac;

    MacStream(Mac mac) {
      this.mac = mac;
    }

    @Override
    public void write(int one) {
      mac.update((byte) one);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      mac.update(bytes, from, length);
    }
  }
}

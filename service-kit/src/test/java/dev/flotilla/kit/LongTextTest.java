package dev.flotilla.kit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.JsonBody;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Long strings of a document stay where they were read, and nobody notices. */
class LongTextTest {
  private static final String LONG =
      "Déjà vu \uD83D\uDE80 \" \\ / \b\f\n\r\t \u0001 end. ".repeat(300);

  @Test
  void a_long_text_reads_like_any_other() throws Exception {
    byte[] document = document(LONG);
    JsonNode read = Json.parseObject(document).path("messages").path(0).path("content");
    assertTrue(read.isTextual() && read.isValueNode());
    assertEquals(LONG, read.textValue());
    assertEquals(LONG, read.asText());
    assertEquals(
        new ObjectMapper().readTree(document).toString(), Json.parseObject(document).toString());
    assertEquals(Json.parseObject(document), Json.parseObject(document));
    assertEquals(Json.parseObject(document).hashCode(), Json.parseObject(document).hashCode());
  }

  @Test
  void it_is_written_as_it_came_in_every_way_there_is() throws Exception {
    byte[] document = document(LONG);
    ObjectNode tree = Json.parseObject(document);
    assertEquals(
        new ObjectMapper().readTree(document), new ObjectMapper().readTree(Json.bytes(tree)));
    assertEquals(
        new ObjectMapper().readTree(document), new ObjectMapper().readTree(Json.text(tree)));
    assertArrayEquals(Json.bytes(tree), joined(Json.pieces(tree)));
    assertArrayEquals(Json.bytes(tree), Json.plainBytes(tree));
  }

  @Test
  void in_pieces_it_is_a_part_of_the_document_and_no_copy() throws Exception {
    byte[] document = document("x".repeat(10_000));
    List<ByteBuffer> pieces = Json.pieces(Json.parseObject(document));
    assertEquals(3, pieces.size());
    int x = new String(document, StandardCharsets.UTF_8).indexOf("xxx");
    document[x] = 'y';
    assertEquals('y', pieces.get(1).get(0));
    assertEquals(10_000, pieces.get(1).remaining());
  }

  @Test
  void strings_of_every_length_around_the_limit_are_whole() throws Exception {
    for (int length = 2_000; length < 2_100; length++) {
      String text = "é".repeat(length / 2) + "\\".repeat(length % 7);
      byte[] document = document(text);
      ObjectNode tree = Json.parseObject(document);
      assertEquals(text, tree.path("messages").path(0).path("content").textValue());
      assertEquals(
          new ObjectMapper().readTree(document),
          new ObjectMapper().readTree(joined(Json.pieces(tree))));
    }
  }

  @Test
  void what_is_wrong_in_a_long_text_is_refused_as_in_a_short_one() {
    for (String wrong : List.of("\u0000", "\n", "\\x", "\\u12", "\"", "\\")) {
      byte[] document =
          ("{\"a\":\"" + "x".repeat(5_000) + wrong + "\"}").getBytes(StandardCharsets.UTF_8);
      assertThrows(NotJson.class, () -> Json.parseObject(document), wrong);
    }
    byte[] open = ("{\"a\":\"" + "x".repeat(5_000)).getBytes(StandardCharsets.UTF_8);
    assertThrows(NotJson.class, () -> Json.parseObject(open));
  }

  @Test
  void a_byte_order_mark_before_it_moves_nothing() throws Exception {
    byte[] plain = document(LONG);
    byte[] marked = new byte[plain.length + 3];
    marked[0] = (byte) 0xEF;
    marked[1] = (byte) 0xBB;
    marked[2] = (byte) 0xBF;
    System.arraycopy(plain, 0, marked, 3, plain.length);
    assertEquals(
        LONG, Json.parseObject(marked).path("messages").path(0).path("content").textValue());
  }

  @Test
  void a_body_is_sent_whole_and_again() throws Exception {
    ObjectNode tree = Json.parseObject(document(LONG));
    JsonBody body = JsonBody.of(tree);
    byte[] whole = Json.bytes(tree);
    assertEquals(whole.length, body.getContentLength());
    for (int time = 0; time < 2; time++) {
      var out = new ByteArrayOutputStream();
      body.writeTo(out);
      assertArrayEquals(whole, out.toByteArray());
    }
  }

  private static byte[] document(String text) throws Exception {
    var mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode().put("model", "m");
    root.putArray("messages").addObject().put("role", "user").put("content", text);
    return mapper.writeValueAsBytes(root.put("n", 1));
  }

  private static byte[] joined(List<ByteBuffer> pieces) {
    var out = new ByteArrayOutputStream();
    for (ByteBuffer piece : pieces) {
      byte[] bytes = new byte[piece.remaining()];
      piece.duplicate().get(bytes);
      out.writeBytes(bytes);
    }
    return out.toByteArray();
  }
}

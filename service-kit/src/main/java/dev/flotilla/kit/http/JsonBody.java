package dev.flotilla.kit.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;

/**
 * A JSON document as the body of a request to somebody else. What is long in it is sent from where
 * it was read: a prompt is not copied on its way through. Immutable; may be sent several times.
 */
public final class JsonBody extends AbstractHttpEntity {
  private final List<ByteBuffer> pieces;
  private final long length;

  private JsonBody(List<ByteBuffer> pieces) {
    super(ContentType.APPLICATION_JSON.getMimeType(), null);
    this.pieces = pieces;
    long sum = 0;
    for (ByteBuffer piece : pieces) {
      sum += piece.remaining();
    }
    length = sum;
  }

  /**
   * @param tree read now, and not later
   */
  public static JsonBody of(JsonNode tree) {
    return new JsonBody(Json.pieces(tree));
  }

  /**
   * @param json sent as it is, and not changed any more
   */
  public static JsonBody written(byte[] json) {
    return new JsonBody(List.of(ByteBuffer.wrap(json)));
  }

  @Override
  public long getContentLength() {
    return length;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    for (ByteBuffer piece : pieces) {
      out.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
    }
  }

  /** Never asked for: a request's body is written, not read. */
  @Override
  public InputStream getContent() {
    throw new UnsupportedOperationException("a request's body is written, not read");
  }

  @Override
  public boolean isRepeatable() {
    return true;
  }

  @Override
  public boolean isStreaming() {
    return false;
  }

  @Override
  public void close() {
    // nothing is held
  }
}

package dev.flotilla.router.door;

import io.helidon.common.config.Config;
import io.helidon.http.encoding.ContentDecoder;
import io.helidon.http.encoding.ContentEncoder;
import io.helidon.http.encoding.ContentEncoding;
import io.helidon.http.encoding.spi.ContentEncodingProvider;
import java.util.Set;

/**
 * Lets compressed bodies in as they are, so that {@link Framing} can say in words that nobody reads
 * them here: without it the server refuses them without a word.
 */
@SuppressWarnings("removal") // the interface still asks for this Config
public class CompressedBodies implements ContentEncodingProvider {
  @Override
  public String configKey() {
    return "as-it-is";
  }

  @Override
  public ContentEncoding create(Config config, String name) {
    return new AsItIs(name);
  }

  private record AsItIs(String name) implements ContentEncoding {
    @Override
    public Set<String> ids() {
      return Set.of("gzip", "x-gzip", "deflate", "br", "zstd", "compress", "identity");
    }

    @Override
    public boolean supportsEncoding() {
      return false;
    }

    @Override
    public boolean supportsDecoding() {
      return true;
    }

    @Override
    public ContentDecoder decoder() {
      return ContentDecoder.NO_OP;
    }

    @Override
    public ContentEncoder encoder() {
      return ContentEncoder.NO_OP;
    }

    @Override
    public String type() {
      return "as-it-is";
    }
  }
}

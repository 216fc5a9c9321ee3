package dev.flotilla.router.console;

import dev.flotilla.kit.hash.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** What pages load: styles and scripts, read once at start. Immutable. */
final class Assets {
  private static final String FOLDER = "assets/";
  private static final List<String> NAMES =
      List.of("console.css", "console.js", "htmx-4.0.1.min.js", "mark.svg");
  private static final int SHORT_HASH = 12;

  /** A file, as it is and compressed. */
  record Asset(String type, byte[] plain, byte[] gzipped) {}

  private final Map<String, Asset> byName = new LinkedHashMap<>();
  private final Map<String, String> paths = new LinkedHashMap<>();

  Assets() {
    for (String name : NAMES) {
      byte[] plain = read(name);
      byName.put(name, new Asset(type(name), plain, gzipped(plain)));
      paths.put(
          name,
          ConsoleRoute.PATH
              + "/assets/"
              + Sha256.hex(new String(plain, StandardCharsets.UTF_8)).substring(0, SHORT_HASH)
              + "/"
              + name);
    }
  }

  Optional<Asset> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** Where a page finds a file; the address changes with its content. */
  String path(String name) {
    String path = paths.get(name);
    if (path == null) {
      throw new IllegalArgumentException("there is no asset " + name);
    }
    return path;
  }

  private static String type(String name) {
    if (name.endsWith(".css")) {
      return "text/css; charset=utf-8";
    }
    return name.endsWith(".js") ? "text/javascript; charset=utf-8" : "image/svg+xml";
  }

  private static byte[] read(String name) {
    try (InputStream in = Assets.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IllegalStateException("the console's " + name + " is not in the jar");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] gzipped(byte[] plain) {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}

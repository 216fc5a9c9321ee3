package dev.flotilla.router.operations;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.hash.Sha256;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.settings.Settings;
import dev.flotilla.router.door.Visit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** {@code GET /v1/config}: what this router goes by, without its secrets. Thread-safe. */
public final class EffectiveConfig {
  private final Settings settings;
  private final Path folder;
  private final Supplier<SortedMap<String, String>> versions;

  /**
   * @param folder of the configuration files
   * @param versions hashes of what was read from them and holds, by what it is
   */
  public EffectiveConfig(
      Settings settings, Path folder, Supplier<SortedMap<String, String>> versions) {
    this.settings = settings;
    this.folder = folder;
    this.versions = versions;
  }

  public void get(Visit visit) {
    ObjectNode body = Json.object().put("object", "config").put("service", "router-service");
    ObjectNode inEffect = Json.object();
    versions.get().forEach(inEffect::put);
    ObjectNode shown = Json.object();
    settings
        .effective()
        .forEach(
            (key, held) ->
                shown.putObject(key).put("value", held.value()).put("default", held.byDefault()));
    // Of what holds, and not of what has been written meanwhile: equal hashes behave alike.
    body.put("hash", "sha256:" + Sha256.hex(Json.text(inEffect), Json.text(shown)));
    body.set("versions", inEffect);
    body.set("settings", shown);
    ObjectNode files = body.putObject("files");
    files().forEach(files::put);
    visit.send(200, body);
  }

  /** Hashes of the files as they are now, by their path in the folder. */
  private SortedMap<String, String> files() {
    var hashes = new TreeMap<String, String>();
    // Kubernetes mounts a ConfigMap's files below a folder of its own, and links to them.
    try (Stream<Path> all = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String name = folder.relativize(file).toString();
        if (!name.startsWith("..") && !name.contains("/..")) {
          hashes.put(name, "sha256:" + Sha256.hexOf(Files.readAllBytes(file)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return hashes;
  }
}

package dev.flotilla.router.door;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.router.door.ApiKeys.KnownKey;
import dev.flotilla.router.exchange.BadHint;
import dev.flotilla.router.exchange.HintsReader;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The key file while the router runs: what is written into it holds from the next look on, without
 * a restart. A file that cannot be used changes nothing; the log says what is wrong with it, and
 * {@link #stale()} that it is. To be looked at by one thread.
 */
public final class KeyFile {
  private static final System.Logger LOG = System.getLogger(KeyFile.class.getName());

  private static final ObjectMapper YAML =
      JsonMapper.builder(new YAMLFactory())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .build();

  /**
   * An entry of the key file; {@code rpm} and {@code tpm} are limits per minute; {@code
   * only_project} keeps it to its own project.
   */
  record Written(
      @Nullable String id,
      @Nullable String sha256,
      @Nullable String team,
      @Nullable String project,
      @Nullable List<String> roles,
      @Nullable List<String> models,
      @Nullable Long rpm,
      @Nullable Long tpm,
      @Nullable Boolean onlyProject,
      @Nullable JsonNode route,
      @Nullable String expires) {}

  private final Path file;
  private final ApiKeys keys;
  private byte[] seen = new byte[0];
  private volatile boolean stale;

  /**
   * @param keys get what is written
   */
  public KeyFile(Path file, ApiKeys keys) {
    this.file = file;
    this.keys = keys;
  }

  /** Whether the file, as it is now, could not be used, so that the keys before it hold. */
  public boolean stale() {
    return stale;
  }

  /** Takes over what is in the file if it was changed. */
  public void look() {
    // A mounted secret is replaced by a link, with any time of change: only the content tells.
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (IOException e) {
      if (!stale) {
        LOG.log(Level.ERROR, "{0}; the keys read before hold", unreadable(file, e).getMessage());
      }
      stale = true;
      return;
    }
    if (Arrays.equals(content, seen)) {
      return;
    }
    boolean first = seen.length == 0;
    seen = content;
    try {
      List<KeyEntry> entries = List.copyOf(parse(file, content));
      keys.replaceWritten(entries);
      stale = false;
      if (!first) {
        LOG.log(Level.INFO, "{0} was changed: {1} keys", file, entries.size());
      }
    } catch (ConfigurationException e) {
      stale = true;
      LOG.log(Level.ERROR, "{0}; the keys read before hold", e.getMessage());
    }
  }

  /**
   * @throws ConfigurationException naming the entry, what was found and what to write instead
   */
  static Collection<KeyEntry> read(Path file) {
    try {
      return parse(file, Files.readAllBytes(file));
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static Collection<KeyEntry> parse(Path file, byte[] content) {
    Map<String, KeyEntry> keys = new HashMap<>();
    for (Written entry : entries(file, content)) {
      String at = file + ": " + (entry.id() == null ? "an entry without id" : entry.id());
      if (entry.id() == null || entry.team() == null || entry.sha256() == null) {
        throw new ConfigurationException(at + " needs id, team and sha256");
      }
      if (!entry.sha256().matches("[0-9a-f]{64}")) {
        throw new ConfigurationException(
            at
                + ": sha256 must be 64 lower-case hex digits, as 'printf %s KEY | sha256sum' prints them");
      }
      Set<String> roles = entry.roles() == null ? Set.of("caller") : Set.copyOf(entry.roles());
      if (!Role.WORDS.containsAll(roles)) {
        throw new ConfigurationException(at + ": roles " + roles + " must be among " + Role.WORDS);
      }
      List<String> models = entry.models() == null ? List.of("*") : entry.models();
      var caller = new Caller(entry.team(), entry.id(), entry.project(), roles, models);
      var known = new KnownKey(caller, policy(at, entry));
      var key = new KeyEntry(entry.sha256(), known, expires(at, entry.expires()));
      if (keys.put(entry.sha256(), key) != null) {
        throw new ConfigurationException(at + ": the same key is there twice");
      }
    }
    return keys.values();
  }

  private static KeyPolicy policy(String at, Written entry) {
    positive(at + ": rpm", entry.rpm(), "requests");
    positive(at + ": tpm", entry.tpm(), "tokens");
    try {
      JsonNode route = entry.route() == null ? MissingNode.getInstance() : entry.route();
      boolean onlyProject = Boolean.TRUE.equals(entry.onlyProject());
      if (onlyProject && entry.project() == null) {
        throw new ConfigurationException(
            at + ": only_project needs a project; name the one this key may spend for");
      }
      return new KeyPolicy(
          entry.rpm(), entry.tpm(), onlyProject, HintsReader.route(route, "route"));
    } catch (BadHint e) {
      throw new ConfigurationException(at + ": " + e.getMessage(), e);
    }
  }

  private static void positive(String place, @Nullable Long limit, String what) {
    if (limit != null && limit < 1) {
      throw new ConfigurationException(
          place
              + " is "
              + limit
              + "; write how many "
              + what
              + " a minute are admitted, or leave it out for no limit");
    }
  }

  private static Instant expires(String at, @Nullable String written) {
    try {
      return written == null ? Instant.MAX : Instant.parse(written);
    } catch (DateTimeException e) {
      throw new ConfigurationException(
          at + ": expires is '" + written + "'; write a moment such as 2027-01-31T00:00:00Z", e);
    }
  }

  private static List<Written> entries(Path file, byte[] content) {
    try {
      return YAML.readValue(content, new TypeReference<List<Written>>() {});
    } catch (JsonProcessingException e) {
      throw new ConfigurationException(file + ": " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static ConfigurationException unreadable(Path file, IOException e) {
    return new ConfigurationException(
        "the key file " + file + " cannot be read; point flotilla.keys.file at a list of keys", e);
  }
}

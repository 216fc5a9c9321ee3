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
import dev.flotilla.kit.hash.Sha256;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.router.exchange.BadHint;
import dev.flotilla.router.exchange.HintsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who the known keys belong to. Keys are kept as SHA-256 only: they are long and random, so nobody
 * gets from hash to key. Looking a hash up needs no constant time, because nobody can choose a
 * hash's prefix. Thread-safe.
 */
public final class ApiKeys {
  private static final ObjectMapper YAML =
      JsonMapper.builder(new YAMLFactory())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .build();

  private static final Set<String> KNOWN_ROLES =
      Stream.of(Role.values()).map(Role::word).collect(Collectors.toUnmodifiableSet());

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

  /** Whose a key is and what holds for it. */
  public record KnownKey(Caller caller, KeyPolicy policy) {}

  private record Key(KnownKey known, Instant expires) {}

  private final Map<String, Key> byHash;
  private final InstantSource clock;

  private ApiKeys(Map<String, Key> byHash, InstantSource clock) {
    this.byHash = Map.copyOf(byHash);
    this.clock = clock;
  }

  /**
   * Reads the key file.
   *
   * @throws ConfigurationException naming the entry, what was found and what to write instead
   */
  public static ApiKeys read(Path file, InstantSource clock) {
    var keys = new HashMap<String, Key>();
    for (Written entry : entries(file)) {
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
      if (!KNOWN_ROLES.containsAll(roles)) {
        throw new ConfigurationException(at + ": roles " + roles + " must be among " + KNOWN_ROLES);
      }
      List<String> models = entry.models() == null ? List.of("*") : entry.models();
      var caller = new Caller(entry.team(), entry.id(), entry.project(), roles, models);
      var known = new KnownKey(caller, policy(at, entry));
      if (keys.put(entry.sha256(), new Key(known, expires(at, entry.expires()))) != null) {
        throw new ConfigurationException(at + ": the same key is there twice");
      }
    }
    return new ApiKeys(keys, clock);
  }

  /** Who a presented key belongs to; empty when nobody knows it or it has expired. */
  public Optional<KnownKey> whoHas(String presented) {
    Key key = byHash.get(Sha256.hex(presented));
    return key == null || !clock.instant().isBefore(key.expires())
        ? Optional.empty()
        : Optional.of(key.known());
  }

  /** What holds now for the key of that id; empty when there is none, or it has expired. */
  public Optional<KeyPolicy> policyOf(String id) {
    Instant now = clock.instant();
    return byHash.values().stream()
        .filter(key -> key.known().caller().key().equals(id) && now.isBefore(key.expires()))
        .map(key -> key.known().policy())
        .findFirst();
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

  private static List<Written> entries(Path file) {
    try {
      return YAML.readValue(Files.readAllBytes(file), new TypeReference<List<Written>>() {});
    } catch (JsonProcessingException e) {
      throw new ConfigurationException(file + ": " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new ConfigurationException(
          "the key file " + file + " cannot be read; point flotilla.keys.file at a list of keys",
          e);
    }
  }
}

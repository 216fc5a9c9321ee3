package dev.flotilla.kit.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.flotilla.kit.settings.ConfigurationException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The addresses this installation sends messages to, by name. Immutable. */
public final class WebhookTargets {
  private static final ObjectMapper YAML =
      JsonMapper.builder(new YAMLFactory())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .build();

  record Written(
      @Nullable Map<String, @Nullable Target> targets,
      @Nullable Map<String, @Nullable List<String>> queues) {}

  record Target(@Nullable String url, @Nullable String secretEnv, @Nullable List<String> teams) {}

  private final Map<String, WebhookTarget> byName;
  private final Map<String, List<String>> byQueue;

  private WebhookTargets(Map<String, WebhookTarget> byName, Map<String, List<String>> byQueue) {
    this.byName = Map.copyOf(byName);
    this.byQueue = Map.copyOf(byQueue);
  }

  /**
   * Reads {@code webhooks.yaml}; without the file there are no targets.
   *
   * @param environment gives a variable's value, or null
   * @throws ConfigurationException naming the place, what was found and what to write instead
   */
  public static WebhookTargets read(Path file, Function<String, @Nullable String> environment) {
    if (Files.notExists(file)) {
      return new WebhookTargets(Map.of(), Map.of());
    }
    Written written = written(file);
    var targets = new TreeMap<String, WebhookTarget>();
    if (written.targets() != null) {
      written
          .targets()
          .forEach(
              (name, target) ->
                  targets.put(name, target(file + ": targets." + name, name, target, environment)));
    }
    var queues = new TreeMap<String, List<String>>();
    if (written.queues() != null) {
      written
          .queues()
          .forEach(
              (queue, told) ->
                  queues.put(queue, told(file + ": queues." + queue, told, targets.keySet())));
    }
    return new WebhookTargets(targets, queues);
  }

  private static List<String> told(String at, @Nullable List<String> names, Set<String> targets) {
    if (names == null || names.isEmpty() || !targets.containsAll(names)) {
      throw new ConfigurationException(
          at + " is " + names + "; write a list of names from targets, which are " + targets);
    }
    return List.copyOf(names);
  }

  /** Who is told when a person of a team is asked in a queue; empty when nobody is. */
  public List<String> ofQueue(String queue, String team) {
    return byQueue.getOrDefault(queue, List.of()).stream()
        .filter(name -> find(name, team).isPresent())
        .toList();
  }

  /** Names of those that take messages of a team, sorted. */
  public List<String> namesFor(String team) {
    return byName.values().stream()
        .filter(target -> target.takesFrom(team))
        .map(WebhookTarget::name)
        .sorted()
        .toList();
  }

  /**
   * @throws UnknownTarget when no target of that name takes this team's messages
   */
  public void require(String target, String team) {
    if (find(target, team).isEmpty()) {
      throw new UnknownTarget(
          "There is no webhook target '"
              + target
              + "' for this team; write one of "
              + namesFor(team)
              + ". Targets are named in webhooks.yaml; an address cannot be given here.");
    }
  }

  /** Empty when there is none of that name, or it is not for that team. */
  Optional<WebhookTarget> find(String name, String team) {
    return Optional.ofNullable(byName.get(name)).filter(target -> target.takesFrom(team));
  }

  private static Written written(Path file) {
    try {
      Written written = YAML.readValue(Files.readAllBytes(file), Written.class);
      return written == null ? new Written(null, null) : written;
    } catch (JsonProcessingException e) {
      throw new ConfigurationException(file + ": " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new ConfigurationException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static WebhookTarget target(
      String at,
      String name,
      @Nullable Target written,
      Function<String, @Nullable String> environment) {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
      throw new ConfigurationException(
          at + " is no name; write up to 64 letters, digits, dots, dashes and underscores");
    }
    if (written == null || written.url() == null || written.secretEnv() == null) {
      throw new ConfigurationException(
          at
              + " needs url and secret_env, for example {url: \"https://hooks.example.com/flotilla\", secret_env: WEBHOOK_SECRET}");
    }
    String value = environment.apply(written.secretEnv());
    if (value == null || value.isBlank()) {
      throw new ConfigurationException(
          at
              + ".secret_env names "
              + written.secretEnv()
              + ", which is not set; messages are never sent unsigned");
    }
    List<WebhookSecret> secrets;
    try {
      secrets = Stream.of(value.strip().split("\\s+")).map(WebhookSecret::of).toList();
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          at + ": what " + written.secretEnv() + " holds is no secret; " + e.getMessage(), e);
    }
    return new WebhookTarget(
        name,
        url(at, written.url()),
        secrets,
        written.teams() == null ? Set.of("*") : Set.copyOf(written.teams()));
  }

  private static URI url(String at, String written) {
    try {
      URI url = URI.create(written);
      if (url.getHost() != null
          && url.getUserInfo() == null
          && url.getFragment() == null
          && ("https".equals(url.getScheme()) || "http".equals(url.getScheme()))) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      throw invalidUrl(at, written);
    }
    throw invalidUrl(at, written);
  }

  private static ConfigurationException invalidUrl(String at, String written) {
    return new ConfigurationException(
        at
            + ".url is '"
            + written
            + "'; write an http or https address without user and fragment, such as https://hooks.example.com/flotilla");
  }
}

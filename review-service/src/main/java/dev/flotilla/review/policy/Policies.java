package dev.flotilla.review.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.flotilla.kit.settings.ConfigurationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The policies of this installation. Immutable. */
public final class Policies {
  private static final ObjectMapper YAML =
      JsonMapper.builder(new YAMLFactory())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .build();

  record Written(@Nullable Panel panel, int agree, @Nullable People people) {}

  record Panel(int size, @Nullable String independence, @Nullable List<String> prefer) {}

  record People(@Nullable String queue, @Nullable String within, @Nullable String onTimeout) {}

  private static final Duration LONGEST_WAIT = Duration.ofDays(366);
  private static final Set<String> DECISIONS = Set.of("approve", "request_changes", "reject");

  private final Map<String, Policy> byName = new TreeMap<>();

  private Policies() {}

  /**
   * Reads every {@code *.yaml} of a folder. Without the folder there are no policies: such an
   * installation reviews nothing.
   *
   * @throws ConfigurationException naming the place, what was found and what to write instead
   */
  public static Policies read(Path folder) {
    var policies = new Policies();
    if (Files.notExists(folder)) {
      return policies;
    }
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(file -> file.toString().endsWith(".yaml"))
          .forEach(
              file -> {
                Policy policy = policy(file);
                policies.byName.put(policy.name(), policy);
              });
    } catch (IOException e) {
      throw new ConfigurationException(folder + " cannot be read: " + e.getMessage(), e);
    }
    return policies;
  }

  public Optional<Policy> named(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  public Collection<Policy> all() {
    return List.copyOf(byName.values());
  }

  private static Policy policy(Path file) {
    byte[] content;
    Written written;
    try {
      content = Files.readAllBytes(file);
      written = YAML.readValue(content, Written.class);
    } catch (JsonProcessingException e) {
      throw new ConfigurationException(file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new ConfigurationException(file + " cannot be read: " + e.getMessage(), e);
    }
    Panel panel = written == null ? null : written.panel();
    if (panel == null || panel.size() < 1) {
      throw new ConfigurationException(
          file + ": panel.size is missing or below 1; write how many reviewers are asked, e.g. 3");
    }
    int agree = written.agree();
    // With half of the panel or less, two opposite decisions could hold at once.
    if (agree * 2 <= panel.size() || agree > panel.size()) {
      throw new ConfigurationException(
          file
              + ": agree is "
              + agree
              + "; write more than half of panel.size, which is "
              + panel.size()
              + ", and at most all of it");
    }
    return new Policy(
        file.getFileName().toString().replaceFirst("\\.yaml$", ""),
        version(content),
        new String(content, StandardCharsets.UTF_8),
        panel.size(),
        independence(file, panel.independence()),
        panel.prefer() == null ? List.of() : panel.prefer(),
        agree,
        people(file, written.people()));
  }

  private static Policy.Escalating people(Path file, @Nullable People written) {
    Policy.Escalating usual = Policy.Escalating.USUAL;
    if (written == null) {
      return usual;
    }
    String queue = written.queue() == null ? usual.queue() : written.queue();
    if (!queue.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,127}")) {
      throw new ConfigurationException(
          file + ": people.queue is '" + queue + "'; write a name such as reviews");
    }
    String onTimeout = written.onTimeout() == null ? usual.onTimeout() : written.onTimeout();
    if (!DECISIONS.contains(onTimeout)) {
      throw new ConfigurationException(
          file
              + ": people.on_timeout is '"
              + onTimeout
              + "'; write approve, request_changes or reject");
    }
    return new Policy.Escalating(queue, within(file, written.within(), usual), onTimeout);
  }

  private static Duration within(Path file, @Nullable String written, Policy.Escalating usual) {
    if (written == null) {
      return usual.within();
    }
    try {
      Duration within = Duration.parse(written);
      if (within.isPositive() && within.compareTo(LONGEST_WAIT) <= 0) {
        return within;
      }
    } catch (DateTimeParseException e) {
      throw invalidWithin(file, written);
    }
    throw invalidWithin(file, written);
  }

  private static ConfigurationException invalidWithin(Path file, String written) {
    return new ConfigurationException(
        file
            + ": people.within is '"
            + written
            + "'; write an ISO-8601 duration such as P3D, at most "
            + LONGEST_WAIT);
  }

  private static Independence independence(Path file, @Nullable String written) {
    if (written == null) {
      return Independence.FAMILY;
    }
    return Independence.of(written)
        .orElseThrow(
            () ->
                new ConfigurationException(
                    file
                        + ": panel.independence is '"
                        + written
                        + "'; write model, family or provider"));
  }

  private static String version(byte[] content) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
      return "sha256:" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}

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
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .build();

  /** A policy file as it is written; what is absent is null. */
  record Written(
      @Nullable Panel panel,
      @Nullable Integer agree,
      @Nullable String rule,
      @Nullable Blockers veto,
      @Nullable Weighing weights,
      @Nullable Thresholds thresholds,
      @Nullable Revision rounds,
      @Nullable People people) {}

  record Panel(int size, @Nullable String independence, @Nullable List<String> prefer) {}

  record Blockers(@Nullable Integer blockers, @Nullable String then) {}

  record Weighing(@Nullable Trusted usual, @Nullable Map<String, Trusted> reviewers) {}

  record Trusted(
      @Nullable Double vote,
      @Nullable Double blocker,
      @Nullable Double major,
      @Nullable Double minor) {}

  record Thresholds(@Nullable Double merge, @Nullable Double enough, @Nullable Double lead) {}

  record Revision(@Nullable Integer maxRounds, @Nullable String panel) {}

  record People(@Nullable String queue, @Nullable String within, @Nullable String onTimeout) {}

  private static final int MOST_ROUNDS = 10;
  private static final double USUAL_ENOUGH = 0.8;
  private static final double USUAL_LEAD = 0.2;
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

  /**
   * A policy as it was when it decided something.
   *
   * @throws ConfigurationException when it is none
   */
  public static Policy of(String name, String content) {
    return policy(Path.of(name + ".yaml"), content.getBytes(StandardCharsets.UTF_8));
  }

  private static Policy policy(Path file) {
    try {
      return policy(file, Files.readAllBytes(file));
    } catch (IOException e) {
      throw new ConfigurationException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Policy policy(Path file, byte[] content) {
    Written written;
    try {
      written = YAML.readValue(content, Written.class);
    } catch (JsonProcessingException e) {
      throw new ConfigurationException(file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new ConfigurationException(file + " cannot be read: " + e.getMessage(), e);
    }
    Panel panel = written == null ? null : written.panel();
    if (written == null || panel == null || panel.size() < 1) {
      throw new ConfigurationException(
          file + ": panel.size is missing or below 1; write how many reviewers are asked, e.g. 3");
    }
    Rule rule = rule(file, written);
    return new Policy(
        file.getFileName().toString().replaceFirst("\\.yaml$", ""),
        version(content),
        new String(content, StandardCharsets.UTF_8),
        panel.size(),
        independence(file, panel.independence()),
        panel.prefer() == null ? List.of() : panel.prefer(),
        agree(file, rule, written.agree(), panel.size()),
        people(file, written.people()),
        rule,
        veto(file, written.veto(), panel.size()),
        weights(file, written.weights()),
        mergeAt(file, written.thresholds()),
        rounds(file, written.rounds()));
  }

  private static int agree(Path file, Rule rule, @Nullable Integer written, int size) {
    if (rule instanceof Rule.Report) {
      if (written != null) {
        throw new ConfigurationException(
            file + ": agree is " + written + ", but rule: report decides nothing; leave agree out");
      }
      return size;
    }
    int agree = written == null ? 0 : written;
    // With half of the panel or less, two opposite decisions could hold at once.
    if (agree * 2L <= size || agree > size) {
      throw new ConfigurationException(
          file
              + ": agree is "
              + agree
              + "; write more than half of panel.size, which is "
              + size
              + ", and at most all of it");
    }
    return agree;
  }

  private static Rule rule(Path file, Written written) {
    Thresholds thresholds = written.thresholds();
    Double enough = thresholds == null ? null : thresholds.enough();
    Double lead = thresholds == null ? null : thresholds.lead();
    String rule = written.rule() == null ? "votes" : written.rule();
    if (!rule.equals("weighted") && (enough != null || lead != null)) {
      throw new ConfigurationException(
          file + ": thresholds.enough and thresholds.lead are for rule: weighted; leave them out");
    }
    return switch (rule) {
      case "votes" -> new Rule.Votes();
      case "weighted" ->
          new Rule.Weighted(
              share(file, "thresholds.enough", enough, USUAL_ENOUGH, false),
              share(file, "thresholds.lead", lead, USUAL_LEAD, true));
      case "report" -> new Rule.Report();
      default ->
          throw new ConfigurationException(
              file + ": rule is '" + rule + "'; write votes, weighted or report");
    };
  }

  private static Veto veto(Path file, @Nullable Blockers written, int size) {
    if (written == null) {
      return Veto.USUAL;
    }
    int blockers = written.blockers() == null ? Veto.USUAL.blockers() : written.blockers();
    if (blockers < 2 || blockers > Math.max(2, size)) {
      throw new ConfigurationException(
          file
              + ": veto.blockers is "
              + blockers
              + "; write how many reviewers must see a blocker, from 2 to panel.size. A blocker that"
              + " one sees alone always goes to a person");
    }
    String then = written.then() == null ? "escalate" : written.then();
    return switch (then) {
      case "escalate" -> new Veto(blockers, Veto.Then.ESCALATE);
      case "request_changes" -> new Veto(blockers, Veto.Then.REQUEST_CHANGES);
      default ->
          throw new ConfigurationException(
              file + ": veto.then is '" + then + "'; write escalate or request_changes");
    };
  }

  private static Weights weights(Path file, @Nullable Weighing written) {
    if (written == null) {
      return Weights.USUAL;
    }
    Trust usual = trust(file, "weights.usual", written.usual(), Trust.USUAL);
    var reviewers = new TreeMap<String, Trust>();
    if (written.reviewers() != null) {
      written
          .reviewers()
          .forEach(
              (model, each) ->
                  reviewers.put(model, trust(file, "weights.reviewers." + model, each, usual)));
    }
    return new Weights(usual, reviewers);
  }

  private static Trust trust(Path file, String key, @Nullable Trusted written, Trust usual) {
    if (written == null) {
      return usual;
    }
    return new Trust(
        share(file, key + ".vote", written.vote(), usual.vote(), true),
        share(file, key + ".blocker", written.blocker(), usual.blocker(), true),
        share(file, key + ".major", written.major(), usual.major(), true),
        share(file, key + ".minor", written.minor(), usual.minor(), true));
  }

  private static double mergeAt(Path file, @Nullable Thresholds written) {
    return share(
        file,
        "thresholds.merge",
        written == null ? null : written.merge(),
        Policy.USUAL_MERGE_AT,
        false);
  }

  private static double share(
      Path file, String key, @Nullable Double written, double usual, boolean orNone) {
    if (written == null) {
      return usual;
    }
    if (!(written < 1 && (written > 0 || (orNone && written == 0)))) {
      throw new ConfigurationException(
          file
              + ": "
              + key
              + " is "
              + written
              + "; write a number "
              + (orNone ? "from 0" : "above 0")
              + " and below 1, e.g. "
              + usual);
    }
    return written;
  }

  private static Rounds rounds(Path file, @Nullable Revision written) {
    if (written == null) {
      return Rounds.ONE;
    }
    int most = written.maxRounds() == null ? Rounds.ONE.most() : written.maxRounds();
    if (most < 1 || most > MOST_ROUNDS) {
      throw new ConfigurationException(
          file + ": rounds.max_rounds is " + most + "; write a number from 1 to " + MOST_ROUNDS);
    }
    String panel = written.panel() == null ? "same" : written.panel();
    return switch (panel) {
      case "same" -> new Rounds(most, Rounds.Panel.SAME);
      case "fresh" -> new Rounds(most, Rounds.Panel.FRESH);
      default ->
          throw new ConfigurationException(
              file + ": rounds.panel is '" + panel + "'; write same or fresh");
    };
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

package dev.flotilla.router.routing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.learning.BadData;
import dev.flotilla.learning.tasktype.TaskTypeFile;
import dev.flotilla.learning.tasktype.TaskTypeModel;
import dev.flotilla.router.classification.Asking;
import dev.flotilla.router.classification.Classifier;
import dev.flotilla.router.classification.KeywordClassifier;
import dev.flotilla.router.classification.KeywordRule;
import dev.flotilla.router.classification.LearnedClassifier;
import dev.flotilla.router.confidence.GateWish;
import dev.flotilla.router.confidence.Gates;
import dev.flotilla.router.exchange.AskedChecks;
import dev.flotilla.router.exchange.BestEffort;
import dev.flotilla.router.exchange.OnExhausted;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.router.gain.GainEntry;
import dev.flotilla.router.gain.GainRouter;
import dev.flotilla.router.validation.BadCheck;
import dev.flotilla.router.validation.Validation;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code routing.yaml}; what it returns names only models that exist. */
public final class RoutingFile {
  private static final ObjectMapper YAML =
      JsonMapper.builder(new YAMLFactory())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .build();

  record Written(
      @Nullable Map<String, Candidates> taskTypes,
      @Nullable String baseline,
      @Nullable Map<String, BigDecimal> quality,
      @Nullable Classification classification,
      @Nullable LearningWish learning) {}

  record Candidates(
      @Nullable List<String> candidates,
      @Nullable List<AskedChecks.Rule> validators,
      @Nullable String bestEffort,
      @Nullable String onExhausted,
      @Nullable GateWish confidence,
      @Nullable GainEntry gain) {}

  record Classification(
      double confidenceOfFacts,
      double confidenceOfDefault,
      @Nullable String learned,
      @Nullable Ask ask,
      @Nullable List<Rule> rules) {}

  record Ask(@Nullable List<String> models, @Nullable Double below, boolean classic) {}

  record Rule(String type, double confidence, @Nullable List<String> words, int longerThanWords) {}

  private final Path file;
  private final Catalog catalog;
  private final Validation validation;

  private RoutingFile(Path file, Catalog catalog, Validation validation) {
    this.file = file;
    this.catalog = catalog;
    this.validation = validation;
  }

  /**
   * Reads the file and checks it against the catalogue.
   *
   * @param validation knows which rules can be used
   * @throws ConfigurationException naming the place, what was found and what to write instead
   */
  public static Routing read(Path file, Catalog catalog, Validation validation) {
    return new RoutingFile(file, catalog, validation).read();
  }

  private Routing read() {
    byte[] content;
    Written written;
    try {
      content = Files.readAllBytes(file);
      written = YAML.readValue(content, Written.class);
    } catch (JsonProcessingException e) {
      throw new ConfigurationException(file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new ConfigurationException(
          file + " cannot be read; flotilla.config.dir must be a folder with routing.yaml", e);
    }
    if (written.classification() == null) {
      throw new ConfigurationException(
          file + ": classification is missing; write at least its confidences");
    }
    var tasks = new EnumMap<TaskType, Routing.Task>(TaskType.class);
    for (TaskType type : TaskType.values()) {
      tasks.put(
          type,
          new Routing.Task(
              candidates(type, written),
              validators(type, written),
              bestEffort(type, written),
              onExhausted(type, written),
              gates(type, written),
              gain(type, written)));
    }
    // A model that cannot be read is told of before its bytes are wanted.
    Classifier classifier = classifier(written.classification());
    return new Routing(
        version(content, learned(written, written.classification())),
        baseline(written.baseline()),
        tasks,
        quality(written.quality()),
        classifier,
        asking(written.classification()),
        written.learning() == null
            ? null
            : written
                .learning()
                .learning(
                    file + ": learning.",
                    this::models,
                    type -> candidates(type, written).getFirst()));
  }

  /** The files of what was learned. */
  private List<Path> learned(Written written, Classification classification) {
    var names = new ArrayList<String>();
    if (classification.learned() != null) {
      names.add(classification.learned());
    }
    for (TaskType type : TaskType.values()) {
      Candidates entry = entry(type, written);
      if (entry != null && entry.gain() != null && entry.gain().model() != null) {
        names.add(entry.gain().model());
      }
      if (entry != null && entry.confidence() != null && entry.confidence().model() != null) {
        names.add(entry.confidence().model());
      }
    }
    return names.stream().distinct().map(file::resolveSibling).toList();
  }

  private static @Nullable Candidates entry(TaskType type, Written written) {
    return written.taskTypes() == null ? null : written.taskTypes().get(type.word());
  }

  /** The best model behind a name; savings are measured against it. */
  private @Nullable Model baseline(@Nullable String name) {
    if (name == null) {
      return null;
    }
    return catalog.resolve(name).stream()
        .filter(model -> !model.embeds())
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigurationException(
                    file
                        + ": baseline is '"
                        + name
                        + "', which no enabled provider serves; near it are "
                        + catalog.near(name, 3)
                        + ", or leave it out and nothing is said about savings"));
  }

  private List<Model> candidates(TaskType type, Written written) {
    Candidates entry = entry(type, written);
    return models(
        file + ": task_types." + type.word() + ".candidates",
        entry == null ? null : entry.candidates());
  }

  private List<Model> models(String place, @Nullable List<String> names) {
    if (names == null || names.isEmpty()) {
      throw new ConfigurationException(
          place + " is missing; write a list of aliases or model ids, best first");
    }
    Set<Model> models = new LinkedHashSet<>();
    for (String name : names) {
      List<Model> behind = catalog.resolve(name);
      if (behind.isEmpty()) {
        throw new ConfigurationException(
            place
                + " names '"
                + name
                + "', which no enabled provider serves; near it are "
                + catalog.near(name, 3)
                + ", or enable its provider in flotilla.providers.enabled");
      }
      if (behind.getFirst().embeds()) {
        throw new ConfigurationException(
            place
                + " names '"
                + name
                + "', which turns texts into vectors and does not converse; name another model");
      }
      models.addAll(behind);
    }
    return List.copyOf(models);
  }

  private List<AskedChecks.Rule> validators(TaskType type, Written written) {
    String place = "task_types." + type.word() + ".validators";
    Candidates entry = entry(type, written);
    List<AskedChecks.Rule> rules =
        entry == null || entry.validators() == null ? List.of() : entry.validators();
    try {
      validation.check(rules, place);
      return rules;
    } catch (BadCheck e) {
      throw new ConfigurationException(file + ": " + e.getMessage(), e);
    }
  }

  private BestEffort bestEffort(TaskType type, Written written) {
    Candidates entry = entry(type, written);
    String word = entry == null ? null : entry.bestEffort();
    return word == null
        ? BestEffort.NONE
        : BestEffort.of(word)
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        file
                            + ": task_types."
                            + type.word()
                            + ".best_effort is '"
                            + word
                            + "'; write last to give the last answer though it does not pass, or"
                            + " none"));
  }

  private OnExhausted onExhausted(TaskType type, Written written) {
    Candidates entry = entry(type, written);
    String word = entry == null ? null : entry.onExhausted();
    return word == null
        ? OnExhausted.ERROR
        : OnExhausted.of(word)
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        file
                            + ": task_types."
                            + type.word()
                            + ".on_exhausted is '"
                            + word
                            + "'; write human to ask a person what no model could answer, or"
                            + " error"));
  }

  /** Candidates have been checked. */
  private Gates gates(TaskType type, Written written) {
    Candidates entry = entry(type, written);
    return entry == null || entry.confidence() == null || entry.candidates() == null
        ? Gates.NONE
        : entry
            .confidence()
            .gates(
                file + ": task_types." + type.word() + ".confidence",
                file,
                type,
                entry.candidates().stream().map(catalog::resolve).toList());
  }

  private @Nullable GainRouter gain(TaskType type, Written written) {
    Candidates entry = entry(type, written);
    return entry == null || entry.gain() == null
        ? null
        : entry
            .gain()
            .router(
                file + ": task_types." + type.word() + ".gain",
                file.resolveSibling(""),
                (place, name) -> models(place, List.of(name)));
  }

  private Map<String, BigDecimal> quality(@Nullable Map<String, BigDecimal> written) {
    var quality = new HashMap<String, BigDecimal>();
    for (var entry : (written == null ? Map.<String, BigDecimal>of() : written).entrySet()) {
      String place = file + ": quality." + entry.getKey();
      BigDecimal figure = entry.getValue();
      if (figure == null || figure.signum() < 0 || figure.compareTo(BigDecimal.TEN) > 0) {
        throw new ConfigurationException(place + " is " + figure + "; write a number from 0 to 10");
      }
      // A provider that is off may still be spoken of: nobody asks its models.
      catalog
          .resolve(entry.getKey())
          .forEach(model -> quality.merge(model.id(), figure, BigDecimal::max));
    }
    return quality;
  }

  private Classifier classifier(Classification written) {
    List<Rule> rules = written.rules() == null ? List.of() : written.rules();
    var byRules =
        new KeywordClassifier(
            share("classification.confidence_of_facts", written.confidenceOfFacts()),
            rules.stream().map(this::rule).toList(),
            share("classification.confidence_of_default", written.confidenceOfDefault()));
    return written.learned() == null
        ? byRules
        : new LearnedClassifier(byRules, model(written.learned()));
  }

  private @Nullable Asking asking(Classification written) {
    Ask ask = written.ask();
    if (ask == null) {
      return null;
    }
    String place = "classification.ask";
    if (written.learned() == null) {
      throw new ConfigurationException(
          file
              + ": "
              + place
              + " needs classification.learned, which keeps what a model says within what is possible");
    }
    if (ask.below() == null) {
      throw new ConfigurationException(
          file + ": " + place + ".below is missing; write a number from 0 to 1, like 0.6");
    }
    return new Asking(
        models(file + ": " + place + ".models", ask.models()),
        share(place + ".below", ask.below()),
        ask.classic());
  }

  private TaskTypeModel model(String learned) {
    Path model = file.resolveSibling(learned);
    try {
      return TaskTypeFile.read(model);
    } catch (BadData e) {
      throw new ConfigurationException(
          file + ": classification.learned: " + String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new ConfigurationException(
          file
              + ": classification.learned names "
              + model
              + ", which cannot be read; name a file that ./fleet train classifier made, or leave"
              + " it out and only the rules decide",
          e);
    }
  }

  private KeywordRule rule(Rule written) {
    TaskType type =
        TaskType.of(String.valueOf(written.type()))
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        file
                            + ": classification.rules[].type is '"
                            + written.type()
                            + "'; write complex, standard, structured or bulk"));
    List<String> words = written.words() == null ? List.of() : written.words();
    if (words.isEmpty() && written.longerThanWords() < 1) {
      throw new ConfigurationException(
          file
              + ": a rule for "
              + type.word()
              + " can never fire; write words or longer_than_words");
    }
    return KeywordRule.of(
        type,
        share("classification.rules[].confidence", written.confidence()),
        words,
        written.longerThanWords());
  }

  private double share(String place, double found) {
    if (found < 0 || found > 1) {
      throw new ConfigurationException(
          file + ": " + place + " is " + found + "; write a number from 0 to 1");
    }
    return found;
  }

  /**
   * Two routers with the same file and catalogue decide alike, so their cached answers are
   * interchangeable.
   */
  private String version(byte[] content, List<Path> learned) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(content);
      for (Path model : learned) {
        digest.update(Files.readAllBytes(model));
      }
      digest.update(catalog.version().getBytes(StandardCharsets.UTF_8));
      catalog.models().forEach(m -> digest.update(m.id().getBytes(StandardCharsets.UTF_8)));
      return "sha256:" + HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new ConfigurationException(file + ": what was learned cannot be read: " + e, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}

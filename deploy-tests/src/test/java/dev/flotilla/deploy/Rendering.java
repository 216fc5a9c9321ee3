package dev.flotilla.deploy;

import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What Helm makes of the chart and some values.
 *
 * @param manifests all of them, parsed strictly
 * @param bySource text of the manifests by the template they come from, such as {@code router.yaml}
 */
record Rendering(List<HasMetadata> manifests, Map<String, String> bySource) {
  private static final Map<Path, Rendering> KNOWN = new ConcurrentHashMap<>();

  /** What the hook's annotation is called, so that the library renders it as well. */
  static final String HOOK = "unhooked.helm.sh/hook";

  private static final Path CHART = withoutHooks();

  private static final Pattern SOURCE =
      Pattern.compile("(?m)^---\\n# Source: flotilla/templates/(\\S+)\\n");

  /**
   * Renders the chart.
   *
   * @throws IllegalStateException when Helm refuses, with what it says
   */
  static Rendering of(Path values, Map<String, Object> more) {
    var template =
        new Helm(CHART)
            .template()
            .withName("flotilla")
            .withNamespace("llm")
            .withKubeVersion("1.33.0")
            .withValuesFile(values);
    more.forEach(template::set);
    String text = template.call();
    return new Rendering(Manifests.parse(text), sources(text));
  }

  /** The same, once for each file: many tests look at it. */
  static Rendering of(Path values) {
    return KNOWN.computeIfAbsent(values, file -> of(file, Map.of()));
  }

  /** The library leaves hooks out, and the pod of {@code helm test} is one. */
  private static Path withoutHooks() {
    return changed(
        "chart-without-hooks",
        "templates/tests/answers.yaml",
        "\"helm.sh/hook\"",
        '"' + HOOK + '"');
  }

  /**
   * The chart with other words in one of its files, to render what the library cannot.
   *
   * @return a folder in {@code target/}
   */
  static Path changed(String name, String file, String words, String others) {
    Path copy = Path.of("target", name).toAbsolutePath();
    try {
      // What is not in the chart any more must not be rendered from an old copy.
      for (Path old : Files.exists(copy) ? Project.filesIn(copy, "") : List.<Path>of()) {
        if (Files.isRegularFile(old)) {
          Files.delete(old);
        }
      }
      try (var paths = Files.walk(Project.CHART, FileVisitOption.FOLLOW_LINKS)) {
        for (Path path : paths.toList()) {
          Path target = copy.resolve(Project.CHART.relativize(path));
          if (Files.isDirectory(path)) {
            Files.createDirectories(target);
          } else {
            Files.copy(path, target, StandardCopyOption.REPLACE_EXISTING);
          }
        }
      }
      Path changed = copy.resolve(file);
      String text = Project.read(changed);
      if (!text.contains(words)) {
        throw new IllegalStateException(file + " has no " + words);
      }
      Files.writeString(changed, text.replace(words, others));
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> sources(String text) {
    var sources = new LinkedHashMap<String, String>();
    var marks = SOURCE.matcher(text).results().toList();
    for (int i = 0; i < marks.size(); i++) {
      int end = i + 1 < marks.size() ? marks.get(i + 1).start() : text.length();
      sources.merge(
          marks.get(i).group(1), text.substring(marks.get(i).end(), end), Rendering::join);
    }
    return sources;
  }

  private static String join(String one, String next) {
    return one.stripTrailing() + "\n---\n" + next;
  }

  <T extends HasMetadata> List<T> all(Class<T> type) {
    return manifests.stream().filter(type::isInstance).map(type::cast).toList();
  }

  <T extends HasMetadata> T one(Class<T> type, String name) {
    return all(type).stream()
        .filter(named(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + type.getSimpleName() + " " + name));
  }

  private static Predicate<HasMetadata> named(String name) {
    return thing -> Objects.equals(name, thing.getMetadata().getName());
  }

  /** Everything that makes pods. */
  List<Workload> workloads() {
    return manifests.stream().flatMap(thing -> Workload.of(thing).stream()).toList();
  }
}

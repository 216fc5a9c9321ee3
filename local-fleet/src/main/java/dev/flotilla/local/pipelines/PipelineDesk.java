package dev.flotilla.local.pipelines;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Money;
import dev.flotilla.local.terminal.Table;
import dev.flotilla.local.terminal.Terminal;
import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.pipelines.loading.Loaded;
import dev.flotilla.pipelines.loading.PipelineFolder;
import dev.flotilla.pipelines.loading.PipelineLoader;
import dev.flotilla.pipelines.loading.Pipelines;
import dev.flotilla.pipelines.loading.Problem;
import dev.flotilla.pipelines.loading.Surroundings;
import dev.flotilla.pipelines.pricing.Amounts;
import dev.flotilla.pipelines.pricing.DryRun;
import dev.flotilla.pipelines.pricing.Estimate;
import dev.flotilla.pipelines.pricing.EstimateJson;
import dev.flotilla.pipelines.pricing.StepEstimate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code ./fleet pipeline}. */
public final class PipelineDesk {
  private final Path configuration;
  private final Terminal out;
  private final Terminal err;

  /**
   * @param configuration a folder with {@code catalog/}, {@code routing.yaml} and {@code
   *     pipelines/}
   * @param err for what is wrong with how it was asked
   */
  public PipelineDesk(Path configuration, Terminal out, Terminal err) {
    this.configuration = configuration;
    this.out = out;
    this.err = err;
  }

  /**
   * Says what is wrong with files.
   *
   * @param files when there are none, those of {@code pipelines/}
   * @return whether nothing is; what only looks wrong does not count
   */
  public boolean check(List<Path> files) throws IOException {
    PipelineLoader loader = loader();
    Map<String, Loaded> loaded =
        loader.loadAll(texts(files.isEmpty() ? shipped() : files), known(loader).all());
    loaded.forEach(this::tell);
    long bad = loaded.values().stream().filter(one -> one instanceof Loaded.Bad).count();
    if (loaded.size() > 1) {
      out.line(loaded.size() + " pipelines, " + bad + " of them wrong");
    }
    return bad == 0;
  }

  /**
   * Prices a run.
   *
   * @param input JSON, or {@code @} and a file with it; null when it is not known
   * @return false when there is nothing to price
   */
  public boolean price(List<Path> files, @Nullable String input, boolean json) throws IOException {
    if (files.size() != 1) {
      err.line("./fleet pipeline price wants one file, e.g. config/pipelines/content.yaml");
      return false;
    }
    PipelineLoader loader = loader();
    Pipelines known = known(loader);
    Map<String, Loaded> loaded = loader.loadAll(texts(files), known.all());
    for (var one : loaded.entrySet()) {
      if (!(one.getValue() instanceof Loaded.Good(Pipeline pipeline, _))) {
        tell(one.getKey(), one.getValue());
        return false;
      }
      JsonNode given = input == null ? null : input(input);
      if (given != null && !fits(pipeline, given)) {
        return false;
      }
      Estimate estimate =
          new DryRun(loader.surroundings(), known::named)
              .price(pipeline, given, Map.of(), Clock.systemUTC().instant());
      if (json) {
        out.line(EstimateJson.of(estimate).toString());
      } else {
        show(estimate);
      }
    }
    return true;
  }

  private PipelineLoader loader() throws IOException {
    Catalog catalog = Catalog.readAll(configuration.resolve("catalog"));
    return new PipelineLoader(Surroundings.in(configuration, catalog));
  }

  private Pipelines known(PipelineLoader loader) {
    var folder = new PipelineFolder(configuration.resolve("pipelines"), loader);
    return folder.look().orElseGet(folder::current);
  }

  private List<Path> shipped() throws IOException {
    try (Stream<Path> files = Files.list(configuration.resolve("pipelines"))) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  private static Map<String, String> texts(List<Path> files) throws IOException {
    var texts = new LinkedHashMap<String, String>();
    for (Path file : files) {
      texts.put(file.toString(), Files.readString(file));
    }
    return texts;
  }

  private void tell(String file, Loaded loaded) {
    switch (loaded) {
      case Loaded.Good(Pipeline pipeline, List<Problem> warnings) -> {
        out.line(
            out.green("ok   ")
                + file
                + ", "
                + pipeline.steps().size()
                + " steps, "
                + pipeline.version());
        warnings.forEach(warning -> out.line("  warning, " + line(warning)));
      }
      case Loaded.Bad(List<Problem> problems, List<Problem> warnings) -> {
        out.line(out.red("FAIL ") + file);
        problems.forEach(problem -> out.line("  " + line(problem)));
        warnings.forEach(warning -> out.line("  warning, " + line(warning)));
      }
    }
  }

  private static String line(Problem problem) {
    return (problem.line() == 0 ? "" : "line " + problem.line() + ", ")
        + (problem.place().isEmpty() ? "" : problem.place() + ": ")
        + problem.message()
        + (problem.suggestion().isEmpty() ? "" : "; " + problem.suggestion());
  }

  private static JsonNode input(String written) throws IOException {
    String text =
        written.startsWith("@") ? Files.readString(Path.of(written.substring(1))) : written;
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new IOException("--input is no JSON: " + e.getOriginalMessage(), e);
    }
  }

  private boolean fits(Pipeline pipeline, JsonNode input) {
    if (pipeline.input() == null) {
      return true;
    }
    var wrong = pipeline.input().violations(input);
    wrong.forEach(one -> err.line("--input " + one));
    return wrong.isEmpty();
  }

  private void show(Estimate estimate) {
    var table = new Table("step", ">lowest $", ">expected $", ">highest $");
    for (StepEstimate step : estimate.steps()) {
      row(table, step.step(), step.cost());
    }
    row(table, "the run", estimate.total());
    table.print(out);
    var assumptions = new ArrayList<String>(estimate.assumptions());
    assumptions.add("Every provider of the catalogue is taken to be enabled.");
    assumptions.forEach(out::line);
    for (StepEstimate step : estimate.steps()) {
      step.assumptions().forEach(assumption -> out.line(step.step() + ": " + assumption));
    }
  }

  private static void row(Table table, String name, Amounts cost) {
    table.row(
        name,
        Money.plainUsd(cost.lowest()),
        Money.plainUsd(cost.expected()),
        cost.highest() == Long.MAX_VALUE ? "no limit" : Money.plainUsd(cost.highest()));
  }
}

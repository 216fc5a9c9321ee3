package dev.flotilla.router.pipeline;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Reloads;
import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.pipelines.loading.PipelineFolder;
import dev.flotilla.pipelines.loading.PipelineLoader;
import dev.flotilla.pipelines.loading.Pipelines;
import dev.flotilla.pipelines.loading.Problem;
import dev.flotilla.pipelines.loading.Surroundings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * The files of {@code pipelines/} in the configuration. A file that is changed takes effect by
 * itself; one that is not good any more is told in the log, and what it said before holds on.
 * Thread-safe.
 */
public final class FolderShelf implements Shelf {
  private static final System.Logger LOG = System.getLogger(FolderShelf.class.getName());

  private final PipelineFolder folder;
  private final PipelineLoader loader;
  private final long betweenLooks;
  private final AtomicLong lookAt;
  private final Reloads reloads;

  private FolderShelf(
      PipelineFolder folder, PipelineLoader loader, Duration betweenLooks, Reloads reloads) {
    this.folder = folder;
    this.loader = loader;
    this.betweenLooks = betweenLooks.toNanos();
    this.reloads = reloads;
    this.lookAt = new AtomicLong(System.nanoTime() + this.betweenLooks);
  }

  /**
   * Reads all files. One that could run if other providers of the catalogue were enabled is left
   * out and told of: who has one provider's key does not need reviewers of three families.
   *
   * @param betweenLooks for how long files are taken to be unchanged
   * @param reloads is told how reading them again went
   * @throws ConfigurationException naming everything that is wrong in them
   */
  public static FolderShelf open(
      Path configuration, Catalog catalog, Duration betweenLooks, Reloads reloads) {
    try {
      var loader = new PipelineLoader(Surroundings.in(configuration, catalog));
      var folder = new PipelineFolder(configuration.resolve("pipelines"), loader);
      folder.look();
      List<Problem> problems = folder.current().problems();
      if (!problems.isEmpty()) {
        mustBeRightWithAllProviders(configuration);
        problems.forEach(
            problem ->
                LOG.log(
                    System.Logger.Level.WARNING,
                    "a pipeline cannot run with the enabled providers, and is left out: {0}",
                    problem));
      }
      return new FolderShelf(folder, loader, betweenLooks, reloads);
    } catch (IOException e) {
      throw new ConfigurationException(
          "the configuration in " + configuration + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static void mustBeRightWithAllProviders(Path configuration) throws IOException {
    Catalog all = Catalog.readAll(configuration.resolve("catalog"));
    var folder =
        new PipelineFolder(
            configuration.resolve("pipelines"),
            new PipelineLoader(Surroundings.in(configuration, all)));
    folder.look();
    List<Problem> wrong = folder.current().problems();
    if (!wrong.isEmpty()) {
      throw new ConfigurationException(
          "pipelines cannot run:\n"
              + wrong.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    }
  }

  @Override
  public List<Pipeline> all() {
    return List.copyOf(now().all());
  }

  @Override
  public Optional<Pipeline> find(String name) {
    return now().named(name);
  }

  @Override
  public PipelineLoader loader() {
    return loader;
  }

  private Pipelines now() {
    long due = lookAt.get();
    if (System.nanoTime() - due >= 0
        && lookAt.compareAndSet(due, System.nanoTime() + betweenLooks)) {
      folder.look().ifPresent(this::tell);
    }
    return folder.current();
  }

  private void tell(Pipelines now) {
    if (now.problems().isEmpty()) {
      reloads.succeeded();
    } else {
      reloads.failed();
    }
    LOG.log(System.Logger.Level.INFO, "pipelines were read again: {0}", now.all().size());
    now.problems()
        .forEach(
            problem ->
                LOG.log(
                    System.Logger.Level.ERROR,
                    "a pipeline stays as it was, because its file is wrong: {0}",
                    problem));
  }
}

package dev.flotilla.router.pipeline;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.kit.settings.ConfigurationException;
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

  private FolderShelf(PipelineFolder folder, PipelineLoader loader, Duration betweenLooks) {
    this.folder = folder;
    this.loader = loader;
    this.betweenLooks = betweenLooks.toNanos();
    this.lookAt = new AtomicLong(System.nanoTime() + this.betweenLooks);
  }

  /**
   * Reads all files.
   *
   * @param betweenLooks for how long files are taken to be unchanged
   * @throws ConfigurationException naming everything that is wrong in them
   */
  public static FolderShelf open(Path configuration, Catalog catalog, Duration betweenLooks) {
    try {
      var loader = new PipelineLoader(Surroundings.in(configuration, catalog));
      var folder = new PipelineFolder(configuration.resolve("pipelines"), loader);
      folder.look();
      List<Problem> problems = folder.current().problems();
      if (!problems.isEmpty()) {
        throw new ConfigurationException(
            "pipelines cannot run:\n"
                + problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
      }
      return new FolderShelf(folder, loader, betweenLooks);
    } catch (IOException e) {
      throw new ConfigurationException(
          "the configuration in " + configuration + " cannot be read: " + e.getMessage(), e);
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
      folder.look().ifPresent(FolderShelf::tell);
    }
    return folder.current();
  }

  private static void tell(Pipelines now) {
    LOG.log(System.Logger.Level.INFO, "pipelines were read again: {0}", now.all().size());
    now.problems()
        .forEach(
            problem ->
                LOG.log(
                    System.Logger.Level.WARNING,
                    "a pipeline stays as it was, because its file is wrong: {0}",
                    problem));
  }
}

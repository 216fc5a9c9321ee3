package dev.flotilla.pipelines.loading;

import dev.flotilla.pipelines.definition.Pipeline;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The pipelines of a folder, {@code *.yaml}, as they are now. It looks when it is told to, and
 * reads again only when something is different. A file that is not good any more stays as it was
 * when it was; a file that is gone is gone. Thread-safe.
 */
public final class PipelineFolder {
  private final Path folder;
  private final PipelineLoader loader;
  private final Map<String, Pipeline> lastGood = new HashMap<>();
  private Map<String, String> texts = Map.of();
  private boolean looked;
  private volatile Pipelines current = Pipelines.none();

  /** Nothing is read before {@link #look}. */
  public PipelineFolder(Path folder, PipelineLoader loader) {
    this.folder = folder;
    this.loader = loader;
  }

  /** What was there when it last looked. */
  public Pipelines current() {
    return current;
  }

  /**
   * Looks whether anything has changed.
   *
   * @return what there is now; empty when nothing has changed
   */
  public synchronized Optional<Pipelines> look() {
    var unreadable = new ArrayList<Problem>();
    Map<String, String> now = read(unreadable);
    if (looked && unreadable.isEmpty() && now.equals(texts)) {
      return Optional.empty();
    }
    looked = unreadable.isEmpty();
    texts = now;
    var problems = new ArrayList<>(unreadable);
    var warnings = new ArrayList<Problem>();
    loader
        .loadAll(now, List.of())
        .forEach(
            (file, loaded) -> {
              switch (loaded) {
                case Loaded.Good(Pipeline pipeline, List<Problem> odd) -> {
                  lastGood.put(file, pipeline);
                  warnings.addAll(odd);
                }
                case Loaded.Bad(List<Problem> wrong, _) -> problems.addAll(wrong);
              }
            });
    lastGood
        .keySet()
        .removeIf(
            file ->
                !now.containsKey(file)
                    && unreadable.stream().noneMatch(problem -> problem.file().equals(file)));
    current = new Pipelines(lastGood.values(), problems, warnings);
    return Optional.of(current);
  }

  /** Texts by the names of the files; a folder that is not there is empty. */
  private Map<String, String> read(List<Problem> unreadable) {
    var read = new TreeMap<String, String>();
    if (Files.notExists(folder)) {
      return read;
    }
    var files = new ArrayList<Path>();
    try (Stream<Path> all = Files.list(folder)) {
      all.filter(file -> file.toString().endsWith(".yaml")).forEach(files::add);
    } catch (IOException e) {
      unreadable.add(
          new Problem(
              folder.toString(), 0, "", "cannot be read: " + e.getMessage(), "look at its rights"));
      return texts;
    }
    for (Path file : files) {
      String name = file.getFileName().toString();
      try {
        read.put(name, Files.readString(file));
      } catch (MalformedInputException e) {
        unreadable.add(new Problem(name, 0, "", "is no text in UTF-8", "save it as UTF-8"));
      } catch (IOException e) {
        unreadable.add(
            new Problem(name, 0, "", "cannot be read: " + e.getMessage(), "look at its rights"));
      }
    }
    return read;
  }
}

package dev.flotilla.pipelines.loading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.pipelines.definition.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineFolderTest {
  private static final String GOOD =
      "apiVersion: pipelines/v1\nname: %s\nsteps:\n  - {id: a, prompt: %s}\n";

  @TempDir Path folder;

  private PipelineFolder pipelines() {
    return new PipelineFolder(folder, new PipelineLoader(Surroundings.unknown()));
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  @Test
  void what_changes_is_read_again_and_what_does_not_is_not() throws IOException {
    var folder = pipelines();
    write("one.yaml", GOOD.formatted("one", "hello"));
    Pipeline before = folder.look().orElseThrow().named("one").orElseThrow();
    assertEquals(Optional.empty(), folder.look());
    write("one.yaml", GOOD.formatted("one", "goodbye"));
    Pipeline after = folder.look().orElseThrow().named("one").orElseThrow();
    assertTrue(!before.version().equals(after.version()));
    write("one.yaml", "# only a comment\n" + GOOD.formatted("one", "goodbye"));
    assertEquals(after.version(), folder.look().orElseThrow().named("one").orElseThrow().version());
    Files.delete(this.folder.resolve("one.yaml"));
    assertEquals(List.of(), List.copyOf(folder.look().orElseThrow().all()));
  }

  @Test
  void a_file_that_is_not_good_any_more_stays_as_it_was_and_says_what_is_wrong()
      throws IOException {
    var folder = pipelines();
    write("one.yaml", GOOD.formatted("one", "hello"));
    write("two.yaml", GOOD.formatted("two", "hello"));
    Pipelines before = folder.look().orElseThrow();
    write("one.yaml", GOOD.formatted("one", "'{{ nobody }}'"));
    write("three.yaml", "name: [");
    Pipelines now = folder.look().orElseThrow();
    assertEquals(before.named("one"), now.named("one"));
    assertEquals(2, now.all().size());
    assertEquals(
        List.of("one.yaml", "three.yaml"),
        now.problems().stream().map(Problem::file).distinct().sorted().toList());
    write("one.yaml", GOOD.formatted("one", "better"));
    Files.delete(this.folder.resolve("three.yaml"));
    Pipelines later = folder.look().orElseThrow();
    assertEquals(List.of(), later.problems());
    assertTrue(later.named("one").orElseThrow().source().contains("better"));
  }

  @Test
  void two_files_of_one_name_are_refused_by_the_name_of_the_first() throws IOException {
    write("a.yaml", GOOD.formatted("one", "hello"));
    write("b.yaml", GOOD.formatted("one", "goodbye"));
    Pipelines now = pipelines().look().orElseThrow();
    assertEquals(
        "b.yaml:2: name: is 'one', as in a.yaml; give each pipeline a name of its own",
        now.problems().getFirst().toString());
    assertTrue(now.named("one").orElseThrow().source().contains("hello"));
  }

  @Test
  void pipelines_that_call_each_other_in_a_circle_are_refused() throws IOException {
    String calls = "apiVersion: pipelines/v1\nname: %s\nsteps:\n  - {id: a, pipeline: %s}\n";
    write("a.yaml", calls.formatted("a", "b"));
    write("b.yaml", calls.formatted("b", "c"));
    write("c.yaml", calls.formatted("c", "a"));
    Pipelines now = pipelines().look().orElseThrow();
    assertEquals(List.of(), List.copyOf(now.all()));
    assertTrue(
        now.problems().toString().contains("leads back to this pipeline: a → b → c → a"),
        now.problems().toString());
  }

  @Test
  void a_folder_that_is_not_there_has_no_pipelines() {
    var none =
        new PipelineFolder(folder.resolve("none"), new PipelineLoader(Surroundings.unknown()));
    assertEquals(List.of(), List.copyOf(none.look().orElseThrow().all()));
  }
}

package dev.flotilla.pipelines.loading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What people are told about files that are wrong; a difference to the golden file is looked at.
 */
class WrongFilesTest {
  private static final Path FILES = Path.of("src/test/resources/wrong");
  private static final Path GOLDEN = FILES.resolve("expected.txt");

  @Test
  void every_wrong_file_is_refused_with_place_and_suggestion() throws IOException {
    var loader = new PipelineLoader(Installation.whole());
    var others = Installation.shipped().all();
    var said = new StringBuilder();
    List<Path> files = Installation.yaml(FILES);
    assertTrue(files.size() >= 30, files.toString());
    for (Path file : files) {
      String name = file.getFileName().toString();
      Loaded loaded = loader.load(name, Files.readString(file), others);
      var bad = assertInstanceOf(Loaded.Bad.class, loaded, name);
      assertFalse(bad.problems().isEmpty(), name);
      said.append("FAIL ").append(name).append('\n');
      for (Problem problem : bad.problems()) {
        assertFalse(problem.message().isBlank(), problem.toString());
        assertFalse(problem.suggestion().isBlank(), problem.toString());
        said.append("  ").append(problem).append('\n');
      }
      bad.warnings().forEach(warning -> said.append("  warning ").append(warning).append('\n'));
    }
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(GOLDEN, said);
    }
    assertEquals(
        Files.readString(GOLDEN),
        said.toString(),
        "write it anew with -Dsurefire.jvm=-Dgolden.write=true");
  }
}

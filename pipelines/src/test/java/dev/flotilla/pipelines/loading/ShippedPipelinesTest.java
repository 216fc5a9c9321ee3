package dev.flotilla.pipelines.loading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.flotilla.pipelines.schema.JsonSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ShippedPipelinesTest {
  private static final Path COOKBOOK = Path.of("../docs/cookbook");
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  @Test
  void there_is_one_for_every_pattern() throws IOException {
    assertEquals(
        List.of(
            "answer",
            "content",
            "draft-polish",
            "escalate",
            "extractor-reasoner",
            "media-brief",
            "plan-implement-review",
            "product-listing",
            "research"),
        Installation.shipped().all().stream().map(pipeline -> pipeline.name()).toList());
  }

  @TestFactory
  Stream<DynamicTest> nothing_is_wrong_with_them_and_nothing_looks_wrong() throws IOException {
    var whole = new PipelineLoader(Installation.whole());
    var simulated = new PipelineLoader(Installation.simulated());
    var texts = Installation.texts(Installation.files());
    return Stream.of(whole, simulated)
        .flatMap(loader -> loader.loadAll(texts, List.of()).entrySet().stream())
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.getKey(),
                    () -> {
                      var good =
                          assertInstanceOf(
                              Loaded.Good.class, one.getValue(), one.getValue().toString());
                      assertEquals(List.of(), good.warnings());
                      assertEquals(one.getKey(), good.pipeline().name() + ".yaml");
                      assertEquals(
                          good.pipeline().version(),
                          PipelineLoader.again(good.pipeline().source()).version());
                    }));
  }

  @Test
  void the_schema_that_editors_use_admits_them_all_and_refuses_a_mistyped_word() throws Exception {
    JsonSchema schema = schema();
    for (Path file : Installation.files()) {
      assertEquals(
          List.of(), schema.violations(YAML.readTree(Files.readString(file))), file.toString());
    }
    String wrong = Files.readString(Path.of("src/test/resources/wrong/06-mistyped-property.yaml"));
    assertTrue(!schema.violations(YAML.readTree(wrong)).isEmpty());
  }

  static JsonSchema schema() throws Exception {
    try (var resource = Structure.class.getResourceAsStream(Structure.RESOURCE)) {
      return JsonSchema.of(new ObjectMapper().readTree(resource));
    }
  }

  @Test
  void each_has_a_page_in_the_cookbook_that_says_when_not_to_use_it() throws IOException {
    for (Path file : Installation.files()) {
      String name = file.getFileName().toString();
      Path page = COOKBOOK.resolve(name.replace(".yaml", ".md"));
      String text = Files.readString(page);
      for (String part :
          List.of(
              "config/pipelines/" + name,
              "**Use it**",
              "**Do not use it**",
              "**What it costs.**")) {
        assertTrue(text.contains(part), page + " says nothing of " + part);
      }
    }
    assertEquals(Installation.files().size(), pages());
  }

  private static long pages() throws IOException {
    try (Stream<Path> pages = Files.list(COOKBOOK)) {
      return pages.count();
    }
  }
}

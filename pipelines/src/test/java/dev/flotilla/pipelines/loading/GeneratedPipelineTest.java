package dev.flotilla.pipelines.loading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.pipelines.picture.Graph;
import dev.flotilla.pipelines.pricing.Amounts;
import dev.flotilla.pipelines.pricing.DryRun;
import dev.flotilla.testkit.GeneratedPipelines;
import java.io.IOException;
import java.io.StringReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import javax.xml.parsers.DocumentBuilderFactory;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.xml.sax.InputSource;

class GeneratedPipelineTest {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private final PipelineLoader loader = new PipelineLoader(surroundings());

  private static Surroundings surroundings() {
    try {
      return Installation.simulated();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Provide
  Arbitrary<String> pipelines() {
    return Arbitraries.integers()
        .between(0, 1_000_000)
        .list()
        .ofMinSize(1)
        .ofMaxSize(8)
        .map(choices -> GeneratedPipelines.text(choices, List.of("fast", "balanced")));
  }

  @Property(tries = 25)
  void what_says_the_same_has_the_same_version_whatever_it_looks_like(
      @ForAll("pipelines") String text, @ForAll long seed) throws IOException {
    Pipeline pipeline = good(text);
    String shuffled = YAML.writeValueAsString(shuffled(YAML.readTree(text), new Random(seed)));
    assertEquals(pipeline.version(), good(shuffled).version(), shuffled);
    assertEquals(pipeline.version(), PipelineLoader.again(text).version());
    String other = text.replaceFirst("maxLength: 200", "maxLength: 201");
    assertTrue(!pipeline.version().equals(good(other).version()));
  }

  @Property(tries = 25)
  void prices_are_in_order_and_pictures_are_pictures(@ForAll("pipelines") String text)
      throws Exception {
    Pipeline pipeline = good(text);
    var run = new DryRun(loader.surroundings(), name -> Optional.empty());
    Amounts unknown = run.price(pipeline, null, Map.of(), NOW).total();
    JsonNode input = YAML.readTree("{topic: hello, words: [a, b]}");
    Amounts known = run.price(pipeline, input, Map.of(), NOW).total();
    for (Amounts cost : List.of(unknown, known)) {
      assertTrue(cost.lowest() >= 0 && cost.lowest() <= cost.expected(), cost + "\n" + text);
      assertTrue(cost.expected() <= cost.highest(), cost + "\n" + text);
    }
    assertTrue(known.highest() <= unknown.highest(), known + " " + unknown + "\n" + text);
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(Graph.svg(pipeline))));
  }

  private Pipeline good(String text) {
    Loaded loaded = loader.load("generated.yaml", text, List.of());
    return assertInstanceOf(Loaded.Good.class, loaded, () -> loaded + "\n" + text).pipeline();
  }

  /** The same with the fields of every object in another order. */
  private static JsonNode shuffled(JsonNode node, Random random) {
    if (node.isArray()) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      node.forEach(item -> array.add(shuffled(item, random)));
      return array;
    }
    if (!node.isObject()) {
      return node;
    }
    var names = new ArrayList<String>();
    node.fieldNames().forEachRemaining(names::add);
    Collections.shuffle(names, random);
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    names.forEach(name -> object.set(name, shuffled(node.path(name), random)));
    return object;
  }
}

package dev.flotilla.pipelines.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.pipelines.definition.Step;
import dev.flotilla.pipelines.loading.Installation;
import dev.flotilla.pipelines.loading.PipelineLoader;
import java.io.StringReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class PictureTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private static Document parsed(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }

  private static List<String> texts(Document svg, String element) {
    NodeList found = svg.getElementsByTagName(element);
    var texts = new ArrayList<String>();
    for (int i = 0; i < found.getLength(); i++) {
      texts.add(found.item(i).getTextContent());
    }
    return texts;
  }

  @Test
  void every_step_of_every_shipped_pipeline_is_in_its_picture_and_inside_it() throws Exception {
    for (Pipeline pipeline : Installation.shipped().all()) {
      Document svg = parsed(Graph.svg(pipeline));
      assertEquals("Pipeline " + pipeline.name(), texts(svg, "title").getFirst());
      for (Step step : pipeline.steps()) {
        assertTrue(texts(svg, "text").contains(step.id()), step.id());
        assertTrue(texts(svg, "desc").getFirst().contains(step.id()), step.id());
      }
      Element root = svg.getDocumentElement();
      double width = Double.parseDouble(root.getAttribute("width"));
      double height = Double.parseDouble(root.getAttribute("height"));
      NodeList boxes = svg.getElementsByTagName("rect");
      for (int i = 0; i < boxes.getLength(); i++) {
        var box = (Element) boxes.item(i);
        assertTrue(number(box, "x") >= 0 && number(box, "x") + number(box, "width") <= width);
        assertTrue(number(box, "y") >= 0 && number(box, "y") + number(box, "height") <= height);
      }
    }
  }

  private static double number(Element element, String attribute) {
    return Double.parseDouble(element.getAttribute(attribute));
  }

  @Test
  void what_others_wrote_is_text_and_nothing_else() throws Exception {
    String hostile = "</text><script>alert(1)</script>\u0000\u0008\uD800 & \"quoted\"";
    String svg =
        Waterfall.svg(
            hostile,
            List.of(new Bar(hostile, hostile, 1, NOON, Duration.ofSeconds(1), hostile, 5L)),
            NOON);
    assertFalse(svg.contains("<script"), svg);
    assertEquals(0, parsed(svg).getElementsByTagName("script").getLength());
    Pipeline pipeline =
        PipelineLoader.again(
            """
            apiVersion: pipelines/v1
            name: hostile
            description: "</desc><script>alert(1)</script>"
            steps:
              - {id: a, when: 'input.x == "<b onload=x>&"', model: "<i>", prompt: hello}
            """);
    assertEquals(0, parsed(Graph.svg(pipeline)).getElementsByTagName("script").getLength());
    assertTrue(texts(parsed(Graph.svg(pipeline)), "text").contains("asks <i>"));
  }

  @Test
  void a_run_is_drawn_from_its_first_to_its_last_moment() throws Exception {
    var bars =
        List.of(
            new Bar("plan", null, 1, NOON, Duration.ofSeconds(2), "completed", 1_000_000L),
            new Bar(
                "copy", "instagram", 1, NOON.plusSeconds(2), Duration.ofSeconds(1), "failed", 0L),
            new Bar("copy", "instagram", 2, NOON.plusSeconds(3), null, "in_progress", null),
            new Bar("ask", null, 1, null, null, "skipped", null));
    Document svg = parsed(Waterfall.svg("run_1", bars, NOON.plusSeconds(8)));
    List<String> texts = texts(svg, "text");
    assertTrue(texts.contains("copy [instagram], attempt 2"), texts.toString());
    assertTrue(texts.contains("2.0 s  $0.001"), texts.toString());
    assertTrue(texts.contains("in_progress  5.0 s"), texts.toString());
    NodeList boxes = svg.getElementsByTagName("rect");
    assertEquals(3, boxes.getLength());
    double unit = number((Element) boxes.item(0), "width") / 2;
    assertEquals(unit, number((Element) boxes.item(1), "width"), 0.2);
    assertEquals(5 * unit, number((Element) boxes.item(2), "width"), 0.2);
  }

  @Test
  void a_run_that_has_not_begun_and_one_with_a_thousand_attempts_are_pictures_too()
      throws Exception {
    assertEquals(1, texts(parsed(Waterfall.svg("run_1", List.of(), NOON)), "title").size());
    Bar bar = new Bar("a", null, 1, NOON, Duration.ofMillis(1), "completed", 1L);
    List<String> texts =
        texts(parsed(Waterfall.svg("run_1", Collections.nCopies(1_000, bar), NOON)), "text");
    assertTrue(texts.contains("… and 500 more"));
  }
}

package dev.flotilla.pipelines.template;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.pipelines.value.Path;
import dev.flotilla.pipelines.value.Plain;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** The dry run's bound rests on this: no text is longer than was said before. */
class ExtentTest {
  private static final List<String> TEMPLATES =
      List.of(
          "{{ text }}",
          "{{ text | data }}",
          "{{ list | data }} {{ list | json }}",
          "{% for x in list %}{{ loop.index }}. {{ x }}\n{% endfor %}",
          "{% for x in list %}{{ x | data }}{% for y in list %}{{ y }}{{ text | urlencode }}{% endfor %}{% endfor %}",
          "{{ list | join(', and then ') }}",
          "{% for x in list | reverse %}{{ x | upper }}{{ text | trim }}{% endfor %}",
          "{% for x in ['a', 'b', 'c'] %}{{ x }}{{ text }}{% endfor %}",
          "{% if text is empty %}nothing at all{% else %}{{ text ~ text ~ 'end' }}{% endif %}");

  @Provide
  Arbitrary<String> values() {
    return Arbitraries.strings().withChars("abcß\"\\\n é😀%&<").ofMaxLength(40);
  }

  @Property(tries = 200)
  void no_text_is_longer_than_its_bound(
      @ForAll("values") String text, @ForAll @Size(max = 6) List<@From("values") String> list)
      throws Exception {
    var scope = new HashMap<String, Object>(Map.of("text", text, "list", list));
    for (String source : TEMPLATES) {
      Template template = Template.of(source);
      String rendered = template.render(scope);
      long bound = template.bytes(sizes(text, list));
      assertTrue(
          rendered.getBytes(StandardCharsets.UTF_8).length <= bound,
          () -> source + " made " + rendered + ", longer than " + bound);
    }
  }

  private static Sizes sizes(String text, List<String> list) {
    return new Sizes() {
      @Override
      public long bytes(Path path) {
        JsonNode whole = Plain.json(path.name().equals("text") ? text : list);
        return (whole.isTextual() ? whole.textValue() : whole.toString())
            .getBytes(StandardCharsets.UTF_8)
            .length;
      }

      @Override
      public long items(Path path) {
        return list.size();
      }
    };
  }
}

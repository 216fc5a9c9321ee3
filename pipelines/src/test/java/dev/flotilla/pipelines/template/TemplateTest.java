package dev.flotilla.pipelines.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TemplateTest {
  @Test
  void fills_values_in() throws Exception {
    var template =
        Template.of(
            "{{ a.b }} {% for x in list %}{{ loop.index }}{{ x }},{% endfor %}{% if z is null %}none{% endif %}");
    assertEquals(Set.of("a", "list", "z"), template.names());
    var scope =
        new java.util.HashMap<String, Object>(
            Map.of("a", Map.of("b", 7L), "list", List.of("p", "q")));
    scope.put("z", null);
    assertEquals("7 0p,1q,none", template.render(scope));
  }

  @Test
  void a_value_is_never_a_template_again() throws Exception {
    assertEquals("{{ 7 * 7 }}", Template.of("{{ x }}").render(Map.of("x", "{{ 7 * 7 }}")));
  }

  @Test
  void a_missing_field_is_said_by_name() throws Exception {
    var failed =
        assertThrows(
            RenderFailed.class, () -> Template.of("{{ x.y }}").render(Map.of("x", Map.of())));
    assertTrue(failed.getMessage().contains("y"), failed.getMessage());
  }

  @Test
  void there_is_no_way_to_files_methods_or_endless_texts() {
    for (String bad :
        List.of(
            "{% include 'x' %}",
            "{% import 'x' %}",
            "{% extends 'x' %}",
            "{% embed 'x' %}{% endembed %}",
            "{% from 'x' import y %}",
            "{% set a = 1 %}",
            "{% macro m() %}{% endmacro %}",
            "{{ 1..9 }}",
            "{{ x.repeat(9) }}",
            "{{ x.getClass() }}",
            "{{ range(1, 9) }}",
            "{{ x | date }}",
            "{{ 9223372036854775808 }}",
            "{% if x is prime %}{% endif %}")) {
      assertThrows(BadTemplate.class, () -> Template.of(bad), bad);
    }
    assertThrows(RenderFailed.class, () -> Template.of("{{ x.length }}").render(Map.of("x", "a")));
  }
}

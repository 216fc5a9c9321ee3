package dev.flotilla.pipelines.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.flotilla.pipelines.expression.EvaluationFailed;
import dev.flotilla.pipelines.expression.Expression;
import dev.flotilla.pipelines.template.RenderFailed;
import dev.flotilla.pipelines.template.Template;
import dev.flotilla.pipelines.value.Plain;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON with templates and expressions in it. */
public sealed interface Content {
  /** What is written with this as its only field is an expression. */
  String COMPUTED = "$value";

  /** Filled in. */
  JsonNode in(Map<String, ? extends @Nullable Object> scope) throws RenderFailed, EvaluationFailed;

  /** A number, a truth value or null. */
  record Fixed(JsonNode value) implements Content {
    @Override
    public JsonNode in(Map<String, ? extends @Nullable Object> scope) {
      return value;
    }
  }

  /** A text. */
  record Text(Template template) implements Content {
    @Override
    public JsonNode in(Map<String, ? extends @Nullable Object> scope) throws RenderFailed {
      return JsonNodeFactory.instance.textNode(template.render(scope));
    }
  }

  /** A value of any kind. */
  record Computed(Expression expression) implements Content {
    @Override
    public JsonNode in(Map<String, ? extends @Nullable Object> scope) throws EvaluationFailed {
      return Plain.json(expression.eval(scope));
    }
  }

  record Items(List<Content> items) implements Content {
    public Items {
      items = List.copyOf(items);
    }

    @Override
    public JsonNode in(Map<String, ? extends @Nullable Object> scope)
        throws RenderFailed, EvaluationFailed {
      var array = JsonNodeFactory.instance.arrayNode();
      for (Content item : items) {
        array.add(item.in(scope));
      }
      return array;
    }
  }

  record Fields(Map<String, Content> fields) implements Content {
    public Fields {
      fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    @Override
    public JsonNode in(Map<String, ? extends @Nullable Object> scope)
        throws RenderFailed, EvaluationFailed {
      var object = JsonNodeFactory.instance.objectNode();
      for (var field : fields.entrySet()) {
        object.set(field.getKey(), field.getValue().in(scope));
      }
      return object;
    }
  }
}

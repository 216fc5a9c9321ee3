package dev.flotilla.pipelines.template;

import dev.flotilla.pipelines.value.Plain;
import io.pebbletemplates.pebble.extension.AbstractExtension;
import io.pebbletemplates.pebble.extension.Filter;
import io.pebbletemplates.pebble.template.EvaluationContext;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The filters {@code data} and {@code json}. */
final class DataExtension extends AbstractExtension {
  private static final String JSON = "json";
  static final Set<String> FILTERS = Set.of(DataBlock.FILTER, JSON);

  @Override
  public Map<String, Filter> getFilters() {
    return Map.of(DataBlock.FILTER, new Data(), JSON, new Json());
  }

  /** A value in a block that says where it ends. */
  private static final class Data implements Filter {
    @Override
    public Object apply(
        @Nullable Object input,
        Map<String, Object> args,
        PebbleTemplate self,
        EvaluationContext context,
        int line) {
      return DataBlock.around(input instanceof String text ? text : written(input));
    }

    @Override
    public List<String> getArgumentNames() {
      return List.of();
    }
  }

  /** A value as JSON. */
  private static final class Json implements Filter {
    @Override
    public Object apply(
        @Nullable Object input,
        Map<String, Object> args,
        PebbleTemplate self,
        EvaluationContext context,
        int line) {
      return written(input);
    }

    @Override
    public List<String> getArgumentNames() {
      return List.of();
    }
  }

  private static String written(@Nullable Object value) {
    return Plain.json(value).toString();
  }
}

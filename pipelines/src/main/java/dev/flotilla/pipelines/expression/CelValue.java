package dev.flotilla.pipelines.expression;

import dev.cel.common.values.NullValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Plain values as CEL wants them, and what comes out of it as plain values. */
final class CelValue {
  private CelValue() {}

  static Object of(@Nullable Object plain) {
    return switch (plain) {
      case null -> NullValue.NULL_VALUE;
      case List<?> list -> {
        var items = new ArrayList<Object>(list.size());
        list.forEach(item -> items.add(of(item)));
        yield items;
      }
      case Map<?, ?> map -> {
        var fields = new LinkedHashMap<String, Object>();
        map.forEach((name, item) -> fields.put(String.valueOf(name), of(item)));
        yield fields;
      }
      default -> plain;
    };
  }

  static @Nullable Object plain(Object value) {
    return switch (value) {
      case NullValue _ -> null;
      case String text -> text;
      case Boolean truth -> truth;
      case Integer number -> number.longValue();
      case Long number -> number;
      case Double number -> finite(number);
      case List<?> list -> {
        var items = new ArrayList<@Nullable Object>(list.size());
        list.forEach(item -> items.add(plain(item)));
        yield Collections.unmodifiableList(items);
      }
      case Map<?, ?> map -> {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        map.forEach((name, item) -> fields.put(String.valueOf(name), plain(item)));
        yield Collections.unmodifiableMap(fields);
      }
      default ->
          throw new IllegalArgumentException(
              "its value is of a kind that JSON does not have; convert it with string(…)");
    };
  }

  private static Double finite(Double number) {
    if (!Double.isFinite(number)) {
      throw new IllegalArgumentException("its value is no finite number");
    }
    return number;
  }
}

package dev.flotilla.pipelines.template;

import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.extension.Extension;
import io.pebbletemplates.pebble.extension.ExtensionCustomizer;
import io.pebbletemplates.pebble.extension.Filter;
import io.pebbletemplates.pebble.extension.Function;
import io.pebbletemplates.pebble.loader.StringLoader;
import io.pebbletemplates.pebble.node.ForNode;
import io.pebbletemplates.pebble.operator.BinaryOperator;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import io.pebbletemplates.pebble.tokenParser.TokenParser;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Pebble with what a prompt needs, and nothing that reads files, calls methods, or grows without
 * bound: no range, no variables of a template's own, no regular expressions.
 */
public final class Engine {
  /** No text is longer: 1 Mi characters are more than most models read. */
  public static final int MOST_CHARACTERS = 1 << 20;

  private static final Set<String> TAGS = Set.of("if", "for", "verbatim");
  private static final Set<String> FILTERS =
      Set.of(
          "abbreviate",
          "abs",
          "capitalize",
          "default",
          "first",
          "join",
          "last",
          "length",
          "lower",
          "replace",
          "reverse",
          "slice",
          "sort",
          "title",
          "trim",
          "upper",
          "urlencode");

  private static final Set<String> TESTS =
      Set.of("defined", "empty", "even", "iterable", "map", "null", "odd");

  private static final PebbleEngine ENGINE =
      new PebbleEngine.Builder()
          .loader(new StringLoader())
          .cacheActive(false)
          .autoEscaping(false)
          .strictVariables(true)
          .newLineTrimming(true)
          .defaultLocale(Locale.ROOT)
          .maxRenderedSize(MOST_CHARACTERS)
          .methodAccessValidator(Engine::allowed)
          .registerExtensionCustomizer(Reduced::new)
          .extension(new DataExtension())
          .build();

  private Engine() {}

  /** Pebble itself notices only when a template is filled in that there is no such thing. */
  static boolean hasFilter(String name) {
    return FILTERS.contains(name) || DataExtension.FILTERS.contains(name);
  }

  static boolean hasTest(String name) {
    return TESTS.contains(name);
  }

  /** What a template may send a value through, for who has to choose. */
  static String filters() {
    var all = new TreeSet<>(FILTERS);
    all.addAll(DataExtension.FILTERS);
    return String.join(", ", all);
  }

  /** Only what a loop says of itself is a method; values have none that a template can reach. */
  private static boolean allowed(Object object, Method method) {
    return method.getDeclaringClass().getEnclosingClass() == ForNode.class;
  }

  static PebbleTemplate compile(String source) {
    return ENGINE.getLiteralTemplate(source);
  }

  /** An extension without what is not listed here. */
  private static final class Reduced extends ExtensionCustomizer {
    private final boolean ours;

    Reduced(Extension extension) {
      super(extension);
      this.ours = extension instanceof DataExtension;
    }

    @Override
    public Map<String, Filter> getFilters() {
      Map<String, Filter> filters = super.getFilters();
      if (ours || filters == null) {
        return filters == null ? Map.of() : filters;
      }
      var kept = new HashMap<>(filters);
      kept.keySet().retainAll(FILTERS);
      return kept;
    }

    @Override
    public Map<String, Function> getFunctions() {
      return Map.of();
    }

    @Override
    public List<TokenParser> getTokenParsers() {
      List<TokenParser> parsers = super.getTokenParsers();
      return parsers == null
          ? List.of()
          : parsers.stream().filter(parser -> TAGS.contains(parser.getTag())).toList();
    }

    @Override
    public List<BinaryOperator> getBinaryOperators() {
      List<BinaryOperator> operators = super.getBinaryOperators();
      return operators == null
          ? List.of()
          : operators.stream().filter(operator -> !operator.getSymbol().equals("..")).toList();
    }
  }
}

package dev.flotilla.pipelines.loading;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What can be named at a point of a pipeline.
 *
 * @param known what it names, in the order of the alphabet
 * @param surely paths that are not null here, as they are written
 * @param beside steps that run at the same time
 * @param elsewhere steps of branches that are not taken when this point is reached
 */
record Scope(
    Map<String, Shape> known, Set<String> surely, Set<String> beside, Set<String> elsewhere) {
  Scope {
    known = new TreeMap<>(known);
  }

  static Scope of(Map<String, Shape> known) {
    return new Scope(known, Set.of(), Set.of(), Set.of());
  }

  @Nullable Shape get(String name) {
    return known.get(name);
  }

  Scope with(String name, Shape shape) {
    var more = new HashMap<>(known);
    more.put(name, shape);
    return new Scope(more, surely, beside, elsewhere);
  }

  Scope with(Map<String, Shape> shapes) {
    var more = new HashMap<>(known);
    more.putAll(shapes);
    return new Scope(more, surely, beside, elsewhere);
  }

  Scope sure(Set<String> paths) {
    return new Scope(known, union(surely, paths), beside, elsewhere);
  }

  Scope beside(Set<String> names) {
    return new Scope(known, surely, union(beside, names), elsewhere);
  }

  Scope elsewhere(Set<String> names) {
    return new Scope(known, surely, beside, union(elsewhere, names));
  }

  private static Set<String> union(Set<String> some, Set<String> others) {
    var union = new HashSet<>(some);
    union.addAll(others);
    return union;
  }
}

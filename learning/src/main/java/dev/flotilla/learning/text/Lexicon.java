package dev.flotilla.learning.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What words say about work, as people who write to models use them: stems of words, written down
 * once and not learned. How much each group counts for which kind of work is learned.
 */
final class Lexicon {
  /** Groups of words that ask for similar things. */
  enum Group {
    TRANSFORM(
        "translat rewrit rephras paraphras convert summar shorten proofread correct reformat format"
            + " renam edit polish simplif transform replac turn$ transcrib fill$ obfuscat port$"
            + " condens expand$ chang comment docstring capitali tldr"),
    PRODUCE(
        "templat boilerplate title headline slogan caption tagline placeholder lint docstring"
            + " subject$ tests$ stub"),
    LABEL(
        "classif label categor sentiment spam toxic positive$ negative$ neutral$ true$ false$ detect"
            + " intent topic option choose select match rate$ rating score scale tag$ tags$ belong"),
    EXTRACT(
        "extract identif find$ list$ parse parsing named entit keyword mention field highlight pick$"
            + " attribute"),
    SHAPE(
        "json yaml xml csv tsv table schema column row rows sql regex formula excel spreadsheet"
            + " array structured comma organi"),
    DESIGN(
        "design architect system implement scal distribut pipeline framework strateg roadmap plan$"
            + " migrat integrat production microservice cluster deploy"),
    DEBUG(
        "debug bug bugs error exception crash fail race deadlock leak refactor optimi performance"
            + " vulnerab security concurren"),
    PROVE(
        "prove$ proof theorem lemma derive$ integral polynomial equation matrix probabilit expected"
            + " modulo triangle remainder integer real$ such$ converge sum$ maxim minim frac sqrt"),
    CONTEST(
        "constraint testcase subarray substring subsequence indexed stdin leq$ le$ input output"
            + " sample"),
    REASON(
        "analy evaluat compar contrast trade argu critic assess implication depth comprehensive"
            + " detail step justif reasoning"),
    ASK("what$ who$ when$ where$ which$ why$ how$ is$ does$ can$"),
    TELL(
        "explain describ tell$ give$ recommend suggest tips$ idea advice difference pros example"
            + " overview"),
    COMPOSE(
        "write$ compose draft create poem story essay email letter blog post$ paragraph song joke"
            + " imagine pretend act$ role"),
    CODE(
        "function script code python java javascript rust bash shell html css react api class"
            + " method librar command def$ import$ return$");

    private final String stems;

    Group(String stems) {
      this.stems = stems;
    }
  }

  private static final Map<String, Set<Group>> STEMS = new HashMap<>();
  private static final Map<String, Set<Group>> WHOLE = new HashMap<>();
  private static final int[] LENGTHS;

  static {
    var lengths = new TreeSet<Integer>();
    for (Group group : Group.values()) {
      for (String stem : List.of(group.stems.split(" "))) {
        boolean whole = stem.endsWith("$");
        String letters = whole ? stem.substring(0, stem.length() - 1) : stem;
        (whole ? WHOLE : STEMS)
            .computeIfAbsent(letters, l -> EnumSet.noneOf(Group.class))
            .add(group);
        if (!whole) {
          lengths.add(letters.length());
        }
      }
    }
    LENGTHS = lengths.stream().mapToInt(Integer::intValue).toArray();
  }

  private Lexicon() {}

  /** The groups a word is in, each as often as a stem of it fits. */
  static List<Group> of(String word) {
    var groups = new ArrayList<Group>();
    addAll(groups, WHOLE.get(word));
    for (int length : LENGTHS) {
      if (length > word.length()) {
        break;
      }
      addAll(groups, STEMS.get(word.substring(0, length)));
    }
    return groups;
  }

  private static void addAll(List<Group> groups, @Nullable Collection<Group> more) {
    if (more != null) {
      groups.addAll(more);
    }
  }
}

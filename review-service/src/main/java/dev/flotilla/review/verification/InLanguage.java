package dev.flotilla.review.verification;

import dev.flotilla.kit.http.Deadline;
import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * It is written in a language. Eight that use Latin letters are told apart by their small words,
 * others by their script; those that share a script (Russian and Ukrainian, say) are not told apart
 * and not offered.
 */
record InLanguage(String wanted) implements Verifier {
  static final String NAME = "language";

  private static final int ENOUGH_WORDS = 20;
  private static final int ENOUGH_LETTERS = 10;

  /** Of a text's words; running text of all eight has between 25 % and 45 %. */
  private static final double ENOUGH_SMALL = 0.12;

  /** How many times more small words than the next language's: cognates make two look alike. */
  private static final double CLEARLY = 1.3;

  private static final double MOSTLY = 0.6;

  private static final Map<String, Set<String>> SMALL_WORDS =
      Map.of(
          "en",
          words(
              "the of and to in is that it for was on are as with his they at be this have from or had by but not what all were we when your can said there which do their if will an about would has more no its so these than been who may you he she"),
          "de",
          words(
              "der die das und in zu den ist von mit sich des auf für nicht ein eine im dem als auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über so zum war haben nur oder aber vor zur bis mehr durch man kann wenn ich wir ihr"),
          "fr",
          words(
              "le la les de des du et est un une en que qui dans pour pas sur ne se ce il au aux avec son par plus sont mais ou nous vous elle ils cette ces être comme tout été sa ses leur si fait deux même qu l d c n s j m on y"),
          "es",
          words(
              "el la los las de del que y en un una es no se por con para su al lo como más pero sus le ya o este sí porque esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante todos uno les ni fue son está"),
          "it",
          words(
              "il lo la i gli le di del della dei che e è un una in non per con si da al come più ma su anche alla delle nel sono dalla questo ha o se tra nella ci essere stato dal degli quando ai dopo suo era due cui molto loro fra dell all nell sull l d c"),
          "pt",
          words(
              "o a os as de do da dos das que e em um uma é não para com se por no na mais como mas ao foi seu sua ou quando muito nos já eu também só pelo pela até isso ela entre depois sem mesmo aos seus quem nas me esse eles você são está"),
          "nl",
          words(
              "de het een van en in is dat op te zijn voor met die niet aan er om ook als dan maar bij nog uit door naar heeft hij ze wordt tot je over deze dit wel meer worden geen of kan was hun werd zal moet wat haar onder zich ik we"),
          "sv",
          words(
              "och i att det som en på är av för med den till inte om ett han men var jag sig från vi så kan hade alla har ska eller de hon när vid också under efter upp man än bara dem där nu mycket två ut mot blir över sedan mer detta"));

  private static final Map<String, Set<UnicodeScript>> SCRIPTS =
      Map.of(
          "el",
          Set.of(UnicodeScript.GREEK),
          "he",
          Set.of(UnicodeScript.HEBREW),
          "ja",
          Set.of(UnicodeScript.HIRAGANA, UnicodeScript.KATAKANA, UnicodeScript.HAN),
          "ko",
          Set.of(UnicodeScript.HANGUL),
          "th",
          Set.of(UnicodeScript.THAI),
          "zh",
          Set.of(UnicodeScript.HAN, UnicodeScript.BOPOMOFO));

  private static final Pattern CODE = Pattern.compile("(?s)```.*?```|`[^`\n]*`|https?://\\S+");
  private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{M}]+");

  static InLanguage asked(Parameters parameters) throws BadVerifier {
    var languages = new TreeSet<>(SMALL_WORDS.keySet());
    languages.addAll(SCRIPTS.keySet());
    return new InLanguage(parameters.word("is", List.copyOf(languages)));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Verified verify(Artifact artifact, Deadline deadline) {
    String prose = CODE.matcher(artifact.content()).replaceAll(" ");
    Map<UnicodeScript, Integer> letters = letters(prose);
    int all = letters.values().stream().mapToInt(Integer::intValue).sum();
    if (all < ENOUGH_LETTERS) {
      return failed("there is too little text to tell its language");
    }
    int latin = letters.getOrDefault(UnicodeScript.LATIN, 0);
    if (latin < MOSTLY * all) {
      return byScript(letters, all);
    }
    return SCRIPTS.containsKey(wanted)
        ? failed("it is written in Latin letters")
        : bySmallWords(prose);
  }

  private Verified byScript(Map<UnicodeScript, Integer> letters, int all) {
    Set<UnicodeScript> scripts = SCRIPTS.getOrDefault(wanted, Set.of(UnicodeScript.LATIN));
    int own = scripts.stream().mapToInt(script -> letters.getOrDefault(script, 0)).sum();
    int kana =
        letters.getOrDefault(UnicodeScript.HIRAGANA, 0)
            + letters.getOrDefault(UnicodeScript.KATAKANA, 0);
    // Japanese is hardly written without kana, Chinese never with them.
    boolean kanaFits = wanted.equals("ja") ? kana > 0.1 * all : kana < 0.02 * all;
    boolean passed = own >= MOSTLY * all && kanaFits;
    return new Verified(
        NAME,
        passed,
        "its letters are those of " + (passed ? "" : "another language than ") + wanted);
  }

  private Verified bySmallWords(String prose) {
    var words = new ArrayList<String>();
    for (String word : NO_WORD.split(prose.toLowerCase(Locale.ROOT))) {
      if (!word.isEmpty()) {
        words.add(word);
      }
    }
    if (words.size() < ENOUGH_WORDS) {
      return failed(
          "there is too little text to tell its language: "
              + words.size()
              + " words, and "
              + ENOUGH_WORDS
              + " are needed");
    }
    String best = "";
    long most = 0;
    long next = 0;
    for (var language : SMALL_WORDS.entrySet()) {
      long count = words.stream().filter(language.getValue()::contains).count();
      if (count > most) {
        next = most;
        most = count;
        best = language.getKey();
      } else {
        next = Math.max(next, count);
      }
    }
    if (most < ENOUGH_SMALL * words.size() || most < CLEARLY * next) {
      return failed("its words are clearly those of no language known here");
    }
    return new Verified(NAME, best.equals(wanted), "its words are those of " + best);
  }

  private static Map<UnicodeScript, Integer> letters(String text) {
    var letters = new HashMap<UnicodeScript, Integer>();
    text.codePoints()
        .filter(Character::isLetter)
        .forEach(letter -> letters.merge(UnicodeScript.of(letter), 1, Integer::sum));
    return letters;
  }

  private static Set<String> words(String separatedBySpaces) {
    return Set.of(separatedBySpaces.split(" "));
  }
}

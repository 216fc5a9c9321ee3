package dev.flotilla.router.shadow;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.catalog.Money;
import dev.flotilla.kit.json.Json;
import dev.flotilla.learning.shadow.Bounds;
import dev.flotilla.learning.shadow.Rules;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.routing.Learning;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/learning}: what was learned per task type, and what it saved net of its cost. */
final class LearningRoute {
  private final @Nullable Learning learning;
  private final LessonBook book;
  private final FeedbackBook feedback;

  /**
   * @param learning null when nothing is learned
   */
  LearningRoute(@Nullable Learning learning, LessonBook book, FeedbackBook feedback) {
    this.learning = learning;
    this.book = book;
    this.feedback = feedback;
  }

  void get(Visit visit) {
    ObjectNode report = Json.object().put("object", "learning").put("enabled", learning != null);
    if (learning != null) {
      report.put("judge", learning.judge().name().toLowerCase(Locale.ROOT));
      report.put("share", learning.share()).put("target", learning.rules().target());
      report.put("budget_usd_per_day", Money.usd(learning.dayNanos()));
    }
    long today = book.spentToday();
    report.put("spent_today_usd", Money.usd(today));
    ArrayNode lessons = report.putArray("lessons");
    long net = 0;
    List<Lesson> all = book.lessons();
    for (Lesson lesson : all) {
      lessons.add(shown(lesson));
      net = Math.addExact(net, lesson.netNanos());
    }
    report.put("net_saved_usd", Money.usd(net));
    ArrayNode words = report.putArray("feedback");
    for (FeedbackBook.Mean mean : feedback.means()) {
      words
          .addObject()
          .put("task_type", mean.taskType())
          .put("model", mean.model())
          .put("answers", mean.words())
          .put("score", rounded(mean.score()));
    }
    visit.send(200, report);
  }

  private ObjectNode shown(Lesson lesson) {
    Rules rules = learning == null ? Rules.USUAL : learning.rules();
    Bounds bounds = lesson.evidence().bounds(rules);
    Model candidate = lesson.candidate();
    ObjectNode shown = Json.object();
    shown.put("task_type", lesson.type().word()).put("model", candidate.id());
    shown.put("standing", lesson.evidence().standing().name().toLowerCase(Locale.ROOT));
    shown.put("since", lesson.since().toString());
    shown.put("says", said(lesson));
    shown.put("pairs", lesson.shadows());
    if (lesson.shadows() > 0) {
      shown.put("quality", rounded(lesson.candidateQuality() / lesson.shadows()));
      shown.put("reference_quality", rounded(lesson.referenceQuality() / lesson.shadows()));
    }
    shown
        .putObject("beyond_target")
        .put("lower", rounded(bounds.lower()))
        .put("mean", rounded(bounds.mean()))
        .put("upper", rounded(bounds.upper()));
    shown.put("shadow_cost_usd", Money.usd(lesson.shadowNanos()));
    shown.put("requests", lesson.requests());
    shown.put("saved_usd", Money.usd(lesson.savedNanos()));
    shown.put("net_saved_usd", Money.usd(lesson.netNanos()));
    return shown;
  }

  private static String said(Lesson lesson) {
    return switch (lesson.evidence().standing()) {
      case UNKNOWN -> "Not enough is known yet; the policy's order holds.";
      case PROMOTED -> "Good enough: it is asked first, and checked on a share of requests.";
      case REJECTED -> "Not good enough; nothing more is spent on finding out.";
    };
  }

  private static double rounded(double number) {
    return Math.round(number * 10_000) / 10_000.0;
  }
}

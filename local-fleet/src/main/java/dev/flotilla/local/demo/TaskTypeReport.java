package dev.flotilla.local.demo;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What happened to the prompts one task type was chosen for.
 *
 * @param models how often each model answered
 * @param labelled prompts that carried a label, the only ones agreement can be told of
 * @param agreed those whose label names the same task type
 */
record TaskTypeReport(
    String taskType,
    int requests,
    SortedMap<String, Integer> models,
    BigDecimal cost,
    long cacheHits,
    long fallbacks,
    long failed,
    long labelled,
    long agreed) {

  record Sent(LabelledPrompt prompt, Answer answer) {}

  /** One report per task type, by name. */
  static List<TaskTypeReport> of(List<Sent> sent) {
    var byType = new TreeMap<String, List<Sent>>();
    for (var one : sent) {
      var type = one.answer().taskType().isEmpty() ? "(none)" : one.answer().taskType();
      byType.computeIfAbsent(type, unseen -> new ArrayList<>()).add(one);
    }
    return byType.entrySet().stream().map(entry -> of(entry.getKey(), entry.getValue())).toList();
  }

  static TaskTypeReport of(String taskType, List<Sent> sent) {
    var models = new TreeMap<String, Integer>();
    sent.stream()
        .map(Sent::answer)
        .filter(Answer::succeeded)
        .forEach(answer -> models.merge(answer.model(), 1, Integer::sum));
    var labelled = sent.stream().filter(one -> !one.prompt().label().isEmpty()).toList();
    return new TaskTypeReport(
        taskType,
        sent.size(),
        models,
        sent.stream().map(one -> one.answer().cost()).reduce(BigDecimal.ZERO, BigDecimal::add),
        sent.stream().filter(one -> one.answer().fromCache()).count(),
        sent.stream().filter(one -> one.answer().fallbacks() > 0).count(),
        sent.stream().filter(one -> !one.answer().succeeded()).count(),
        labelled.size(),
        labelled.stream()
            .filter(one -> one.prompt().label().equals(one.answer().taskType()))
            .count());
  }
}

package dev.flotilla.local.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.local.demo.TaskTypeReport.Sent;
import dev.flotilla.local.terminal.Table;
import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * Lets the fleet choose a model for each prompt of a file, and compares its choice of task type
 * with the file's.
 */
public final class PromptRun {
  private static final int AT_A_TIME = 4;

  private final RouterClient router;
  private final Terminal out;

  public PromptRun(RouterClient router, Terminal out) {
    this.router = router;
    this.out = out;
  }

  /**
   * @return whether every prompt was answered. Disagreement with a label is reported, not failed:
   *     labels are opinions.
   */
  public boolean run(List<LabelledPrompt> prompts, boolean json)
      throws IOException, InterruptedException {
    var sent = send(prompts);
    var reports = TaskTypeReport.of(sent);
    var all = TaskTypeReport.of("all", sent);
    if (json) {
      out.line(
          RouterClient.JSON
              .writerWithDefaultPrettyPrinter()
              .writeValueAsString(document(sent, reports, all)));
    } else {
      print(sent, reports, all);
    }
    return all.failed() == 0;
  }

  private List<Sent> send(List<LabelledPrompt> prompts) throws IOException, InterruptedException {
    try (var threads = Executors.newFixedThreadPool(AT_A_TIME)) {
      var questions =
          prompts.stream()
              .<Callable<Sent>>map(prompt -> () -> new Sent(prompt, router.ask(chat(prompt))))
              .toList();
      var sent = new ArrayList<Sent>();
      for (var answer : threads.invokeAll(questions)) {
        sent.add(answer.get());
      }
      return sent;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException unreachable
          ? unreachable
          : new IOException(e.getCause());
    }
  }

  private static ObjectNode chat(LabelledPrompt prompt) {
    var request = RouterClient.JSON.createObjectNode().put("model", "auto");
    request.putArray("messages").addObject().put("role", "user").put("content", prompt.prompt());
    return request;
  }

  private void print(List<Sent> sent, List<TaskTypeReport> reports, TaskTypeReport all) {
    var table =
        new Table(
            "task type",
            ">requests",
            ">cost USD",
            ">cache hits",
            ">fallbacks",
            ">failed",
            ">as labelled",
            "models");
    reports.forEach(report -> row(table, report));
    row(table, all);
    table.print(out);
    for (var one : sent) {
      if (!one.answer().succeeded()) {
        out.line(out.red("failed") + " " + one.prompt().id() + ": " + one.answer().problem());
      } else if (!one.prompt().label().isEmpty()
          && !one.prompt().label().equals(one.answer().taskType())) {
        out.line(
            "%s: labelled %s, chosen %s: %s"
                .formatted(
                    one.prompt().id(),
                    one.prompt().label(),
                    one.answer().taskType(),
                    Step.shortened(one.prompt().prompt(), 60)));
      }
    }
  }

  private static void row(Table table, TaskTypeReport report) {
    table.row(
        report.taskType(),
        Integer.toString(report.requests()),
        Demo.usd(report.cost()),
        Long.toString(report.cacheHits()),
        Long.toString(report.fallbacks()),
        Long.toString(report.failed()),
        report.agreed() + "/" + report.labelled(),
        report.models().entrySet().stream()
            .map(model -> model.getKey() + " ×" + model.getValue())
            .collect(Collectors.joining(", ")));
  }

  private static ObjectNode document(
      List<Sent> sent, List<TaskTypeReport> reports, TaskTypeReport all) {
    var document = RouterClient.JSON.createObjectNode().put("ok", all.failed() == 0);
    document.set("total", json(all));
    var types = document.putArray("task_types");
    reports.forEach(report -> types.add(json(report)));
    var requests = document.putArray("requests");
    sent.forEach(
        one ->
            requests.add(
                AnswerJson.of(one.prompt().prompt(), one.answer())
                    .put("id", one.prompt().id())
                    .put("label", one.prompt().label())));
    return document;
  }

  private static ObjectNode json(TaskTypeReport report) {
    var json =
        RouterClient.JSON
            .createObjectNode()
            .put("task_type", report.taskType())
            .put("requests", report.requests())
            .put("cost", Demo.usd(report.cost()))
            .put("cache_hits", report.cacheHits())
            .put("fallbacks", report.fallbacks())
            .put("failed", report.failed())
            .put("labelled", report.labelled())
            .put("agreed", report.agreed());
    var models = json.putObject("models");
    report.models().forEach(models::put);
    return json;
  }
}

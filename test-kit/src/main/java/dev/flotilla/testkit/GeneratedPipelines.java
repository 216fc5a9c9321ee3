package dev.flotilla.testkit;

import java.util.ArrayList;
import java.util.List;

/** Texts of pipelines nobody thought of, all of them right. */
public final class GeneratedPipelines {
  private static final String HEAD =
      """
      apiVersion: pipelines/v1
      name: generated
      input:
        schema:
          type: object
          required: [topic, words]
          properties:
            topic: {type: string, maxLength: 200}
            words: {type: array, items: {type: string, maxLength: 20}, maxItems: 4}
      steps:
      """;

  private GeneratedPipelines() {}

  /**
   * A text.
   *
   * @param choices one for each node, not negative; the same choices give the same text
   * @param models a model, and another one for when it fails; both are words of the catalogue
   */
  public static String text(List<Integer> choices, List<String> models) {
    return new Writer(choices, models).text();
  }

  private static final class Writer {
    private final List<Integer> choices;
    private final List<String> models;
    private final StringBuilder steps = new StringBuilder();
    private final List<String> texts = new ArrayList<>();
    private int next;

    Writer(List<Integer> choices, List<String> models) {
      this.choices = choices;
      this.models = models;
    }

    String text() {
      for (int choice : choices) {
        node(choice, "  ");
      }
      return HEAD + steps + "result: '{\"all\": [" + String.join(", ", texts) + "]}'\n";
    }

    private void node(int choice, String indent) {
      switch (choice % 7) {
        case 5 -> parallel(choice, indent);
        case 6 -> choice(choice, indent);
        default -> texts.add(step(choice, indent, seen(choice)));
      }
    }

    /** Something to look at: the input or an earlier step. */
    private String seen(int choice) {
      return texts.isEmpty() ? "input.topic" : texts.get(choice / 7 % texts.size());
    }

    private void parallel(int choice, String indent) {
      steps.append(indent).append("- parallel:\n");
      String seen = seen(choice);
      var inside = new ArrayList<String>();
      inside.add(step(choice / 3, indent + "    ", seen));
      inside.add(step(choice / 11, indent + "    ", seen));
      texts.addAll(inside);
    }

    private void choice(int choice, String indent) {
      String seen = seen(choice);
      steps.append(indent).append("- switch:\n");
      steps
          .append(indent)
          .append("    - when: size(input.topic) > ")
          .append(choice % 50)
          .append('\n');
      steps.append(indent).append("      steps:\n");
      String taken = step(choice / 3, indent + "        ", seen);
      steps.append(indent).append("    - steps:\n");
      String otherwise = step(choice / 11, indent + "        ", seen);
      texts.add(taken);
      texts.add(otherwise);
    }

    private String step(int choice, String indent, String seen) {
      String id = "s" + next++;
      String at = indent + "- ";
      String more = indent + "  ";
      steps.append(at).append("id: ").append(id).append('\n');
      switch (choice % 5) {
        case 0 -> steps.append(more).append("value: ").append(seen).append('\n');
        case 1 ->
            steps
                .append(more)
                .append("task_type: ")
                .append(List.of("bulk", "standard", "structured", "complex").get(choice / 5 % 4))
                .append('\n')
                .append(more)
                .append("max_tokens: ")
                .append(1 + choice % 900)
                .append('\n')
                .append(more)
                .append("prompt: \"Look at this.\\n{{ ")
                .append(seen)
                .append(" | data }}\"\n");
        case 2 ->
            steps
                .append(more)
                .append("foreach: input.words\n")
                .append(more)
                .append("as: word\n")
                .append(more)
                .append("task_type: bulk\n")
                .append(more)
                .append("max_attempts: ")
                .append(1 + choice % 3)
                .append('\n')
                .append(more)
                .append("prompt: \"{% if word is not empty %}{{ word | data }}{% endif %}\"\n");
        case 3 ->
            steps
                .append(more)
                .append("when: size(input.words) > ")
                .append(choice % 4)
                .append('\n')
                .append(more)
                .append("model: ")
                .append(models.getFirst())
                .append('\n')
                .append(more)
                .append("fallbacks: [")
                .append(models.getLast())
                .append("]\n")
                .append(more)
                .append("prompt: \"{{ input.topic | data }}\"\n")
                .append(more)
                .append("output: json\n");
        default ->
            steps
                .append(more)
                .append("check:\n")
                .append(more)
                .append("  - {rule: size(input.topic) >= 0, message: \"{{ input.topic }}\"}\n");
      }
      return id;
    }
  }
}

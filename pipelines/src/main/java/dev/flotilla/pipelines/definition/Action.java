package dev.flotilla.pipelines.definition;

import dev.flotilla.pipelines.expression.Expression;
import dev.flotilla.pipelines.template.Template;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a step does. */
public sealed interface Action {
  /**
   * Asks a model.
   *
   * @param system null when there is none
   * @param messages at least one
   * @param maxTokens most tokens of an answer; at least 1
   * @param temperature null leaves it to the model
   * @param cache whether an answer kept from before will do
   * @param stream whether the answer is shown while it comes; at most one step of a pipeline
   */
  record ModelCall(
      Target target,
      @Nullable Template system,
      List<Message> messages,
      int maxTokens,
      @Nullable BigDecimal temperature,
      boolean cache,
      boolean stream)
      implements Action {
    /** Of whoever says nothing: without a bound nobody knows what a run may cost. */
    public static final int DEFAULT_MAX_TOKENS = 4_096;

    public ModelCall {
      messages = List.copyOf(messages);
    }
  }

  /** Refuses the run, with the messages of all rules that do not hold, before more is spent. */
  record Check(List<Rule> rules) implements Action {
    public Check {
      rules = List.copyOf(rules);
    }
  }

  /**
   * Finds out what kind of work a text is. Puts out {@code task_type}, {@code score} (1 to 5),
   * {@code intent} and {@code confidence} (0 to 1).
   */
  record Classify(Expression text) implements Action {}

  /**
   * Asks a server that the installation knows by a name.
   *
   * @param method {@code GET} or {@code POST}
   * @param path below the connection's address, begins with a slash
   * @param body null when nothing is sent
   */
  record HttpCall(
      String connection,
      String method,
      Template path,
      Map<String, Template> query,
      @Nullable Content body)
      implements Action {
    public HttpCall {
      query = Collections.unmodifiableMap(new LinkedHashMap<>(query));
    }
  }

  /** Makes a value of others. */
  record Value(Expression expression) implements Action {}

  /**
   * Asks a person. Puts out an object with the fields decision, comment and by, the latter two null
   * when nobody answered in time.
   *
   * @param show names whose values are shown
   * @param decisions words to choose from, at least one
   * @param timeout how long is waited
   * @param onTimeout the decision when nobody answered in time; one of the words
   */
  record Human(
      String queue,
      Template title,
      List<String> show,
      List<String> decisions,
      Duration timeout,
      String onTimeout)
      implements Action {
    public Human {
      show = List.copyOf(show);
      decisions = List.copyOf(decisions);
    }
  }

  /**
   * Has something reviewed. Puts out an object with the fields decision, artifact (as it was
   * approved or refused last), rounds, score and reasons.
   *
   * @param artifact what is reviewed
   * @param plan what it is held against; null when there is nothing
   * @param policy by which reviewers' opinions become a decision
   * @param risk {@code low} or {@code high}; null is low
   * @param verify checks that no vote can overrule
   * @param maxRounds how often it is reviewed at most, at least 1
   * @param revise the earlier step that makes the artifact again when changes are asked for; null
   *     when nobody does
   * @param onSplit what happens when reviewers do not agree
   */
  record Review(
      Expression artifact,
      @Nullable Expression plan,
      String policy,
      @Nullable Expression risk,
      List<Verifying> verify,
      int maxRounds,
      @Nullable String revise,
      OnSplit onSplit)
      implements Action {
    public Review {
      verify = List.copyOf(verify);
    }
  }

  /** What happens when reviewers do not agree. */
  enum OnSplit {
    HUMAN,
    REJECT,
    STRICTER
  }

  /**
   * Runs another pipeline; puts out its result.
   *
   * @param with its input, field by field
   */
  record SubPipeline(String pipeline, Map<String, Expression> with) implements Action {
    public SubPipeline {
      with = Collections.unmodifiableMap(new LinkedHashMap<>(with));
    }
  }
}

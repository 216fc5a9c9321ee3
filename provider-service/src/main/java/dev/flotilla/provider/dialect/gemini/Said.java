package dev.flotilla.provider.dialect.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a candidate said in a whole answer or in one event of a stream.
 *
 * @param thoughts the summary of what it thought
 * @param calls as OpenAI's tool calls
 * @param signature of the text; those of calls are on them
 * @param strange whether there was something that no chat answer of OpenAI's can hold
 */
record Said(
    String text,
    String thoughts,
    List<ObjectNode> calls,
    @Nullable String signature,
    boolean strange) {}

/**
 * Texts with values in them: prompts, titles, addresses. A value is never a template again, and no
 * template reads another one. Start with {@link dev.flotilla.pipelines.template.Template}.
 */
@NullMarked
package dev.flotilla.pipelines.template;

import org.jspecify.annotations.NullMarked;

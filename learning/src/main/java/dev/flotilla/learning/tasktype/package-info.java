/**
 * Which kind of work a prompt is. Start with {@link dev.flotilla.learning.tasktype.TaskTypeModel}.
 */
@NullMarked
package dev.flotilla.learning.tasktype;

import org.jspecify.annotations.NullMarked;

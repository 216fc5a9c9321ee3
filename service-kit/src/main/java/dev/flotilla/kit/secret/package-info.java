/**
 * What secrets look like when their makers gave them a form; never what any of them is. Start with
 * {@link dev.flotilla.kit.secret.SecretForms}.
 */
@NullMarked
package dev.flotilla.kit.secret;

import org.jspecify.annotations.NullMarked;

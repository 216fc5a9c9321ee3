/**
 * Decides: who may ask, what kind of task it is, which model, and what next when it fails. It never
 * calls a model provider. The way of a request is {@code chat.Router.answer}; how the parts are put
 * together is {@link dev.flotilla.router.RouterParts}.
 */
@NullMarked
package dev.flotilla.router;

import org.jspecify.annotations.NullMarked;

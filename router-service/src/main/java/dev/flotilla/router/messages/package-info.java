/**
 * Anthropic's Messages API as a way in: puts its requests into the words this fleet speaks among
 * itself, and answers back into Anthropic's. It decides nothing about models and asks none; what it
 * cannot express is a 400 that names it. Start with {@link
 * dev.flotilla.router.messages.MessagesRoute}; what becomes of each parameter is in {@link
 * dev.flotilla.router.messages.RequestReader}.
 */
@NullMarked
package dev.flotilla.router.messages;

import org.jspecify.annotations.NullMarked;

/**
 * The way of a chat request, and how its reply is written. It decides the order of the stages and
 * nothing inside them. Start with {@link dev.flotilla.router.chat.Router}, method {@code answer};
 * another way in brings its request and its {@link dev.flotilla.router.chat.Wording} to the {@link
 * dev.flotilla.router.chat.Desk}.
 */
@NullMarked
package dev.flotilla.router.chat;

import org.jspecify.annotations.NullMarked;

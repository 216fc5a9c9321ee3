/**
 * Programs as our users write them, each with a client library as it is published and nothing but
 * our address put into it. They say what they saw and judge nothing. Start with {@link
 * dev.flotilla.tests.clients.Program}.
 */
@NullMarked
package dev.flotilla.tests.clients;

import org.jspecify.annotations.NullMarked;

/**
 * Signing in at the issuer whose tokens the doors admit: OpenID Connect's authorization code with
 * PKCE. It never believes a token; what comes back is shown to the doors like any other. Start with
 * {@link dev.flotilla.router.console.oidc.OidcSignIn}.
 */
@NullMarked
package dev.flotilla.router.console.oidc;

import org.jspecify.annotations.NullMarked;

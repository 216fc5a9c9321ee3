package dev.flotilla.kit.secret;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The forms of secrets that can be told from other text: keys whose makers gave them a beginning,
 * private keys, tokens, passwords in addresses.
 */
public final class SecretForms {
  /**
   * By kind, special cases before what they are cases of. None of them goes back over what it has
   * read, or tries more than a few ways at any place, so any text may be searched with them.
   */
  public static final Map<String, Pattern> ALL = Collections.unmodifiableMap(all());

  private SecretForms() {}

  private static Map<String, Pattern> all() {
    Map<String, Pattern> all = new LinkedHashMap<>();
    all.put("private key", form("-----BEGIN (?:[A-Z]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"));
    all.put("Anthropic key", form("\\bsk-ant-[A-Za-z0-9_-]{20,}"));
    all.put("key of an LLM provider", form("\\bsk-(?:proj-|svcacct-|or-v1-)?[A-Za-z0-9_-]{20,}"));
    all.put("Google key", form("\\bAIza[A-Za-z0-9_-]{35}"));
    all.put("AWS access key", form("\\b(?:AKIA|ASIA)[A-Z0-9]{16}\\b"));
    all.put("GitHub token", form("\\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})"));
    all.put("GitLab token", form("\\bglpat-[A-Za-z0-9_-]{20,}"));
    all.put("Slack token", form("\\bxox[abeoprs]-[A-Za-z0-9-]{10,}"));
    all.put("Stripe key", form("\\b[rs]k_live_[A-Za-z0-9]{16,}"));
    all.put("npm token", form("\\bnpm_[A-Za-z0-9]{36}"));
    all.put("Hugging Face token", form("\\bhf_[A-Za-z0-9]{30,}"));
    all.put("Groq key", form("\\bgsk_[A-Za-z0-9]{40,}"));
    all.put("xAI key", form("\\bxai-[A-Za-z0-9]{40,}"));
    all.put("webhook secret", form("\\bwhsec_[A-Za-z0-9+/=]{20,}"));
    all.put(
        "JWT",
        form("\\beyJ[A-Za-z0-9_-]{8,200}+\\.eyJ[A-Za-z0-9_-]{8,4000}+\\.[A-Za-z0-9_-]{16,}"));
    // A store often has a password and no user.
    all.put(
        "password in an address",
        form("\\b[a-z][a-z0-9+.-]{1,20}+://[^\\s:/@]{0,100}+:[^\\s:/@]{3,100}+@"));
    return all;
  }

  private static Pattern form(String form) {
    return Pattern.compile(form);
  }
}

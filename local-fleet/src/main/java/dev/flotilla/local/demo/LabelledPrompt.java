package dev.flotilla.local.demo;

/**
 * @param label the task type a person gave it; empty when nobody did
 */
public record LabelledPrompt(String id, String prompt, String label) {}

/** Requests for tests: a plain one, to be changed where a test wants it otherwise. */
import type { EditorRequest, RouteDecision } from "../../src/core/request.ts";
import type { Settings } from "../../src/core/settings.ts";
import { parseSettings } from "../../src/core/settings.ts";

export function requestWith(changes: Partial<EditorRequest> = {}): EditorRequest {
  return {
    id: "r1",
    sessionId: "s1",
    surface: "chat",
    command: null,
    prompt: "What is a mutex?",
    languageId: "typescript",
    code: "",
    fileLines: 0,
    attachments: [],
    diagnostics: [],
    history: [],
    ...changes,
  };
}

export function decisionWith(changes: Partial<RouteDecision> = {}): RouteDecision {
  return {
    label: "EASY",
    task: "question",
    tier: "local",
    confidence: 0.9,
    probabilities: [0.9, 0.07, 0.03],
    reasons: [],
    router: "embedded",
    ...changes,
  };
}

/** The default settings with some of them set. */
export function settingsWith(values: { [K in keyof Settings]?: unknown } = {}): Settings {
  const { settings, problems } = parseSettings((key) => values[key]);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return settings;
}

/** `.hybrid/routes.yaml`: requests with the tier a team expects them to take, and whether they take it. */
import * as v from "valibot";
import { isNode, isSeq, LineCounter, parseDocument } from "yaml";
import type { EditorRequest, RouteDecision } from "../request.ts";
import { COMMANDS, TASKS, TIERS } from "../request.ts";

const routeSchema = v.strictObject({
  prompt: v.optional(v.string(), ""),
  command: v.optional(v.nullable(v.picklist(COMMANDS, `one of ${COMMANDS.join(", ")}`)), null),
  language: v.optional(v.string(), "plaintext"),
  path: v.optional(v.string()),
  code: v.optional(v.string(), ""),
  tier: v.picklist(TIERS, `one of ${TIERS.join(", ")}`),
  task: v.optional(v.picklist(TASKS, `one of ${TASKS.join(", ")}`)),
});

/** One request with the tier expected of it. */
export interface Route extends v.InferOutput<typeof routeSchema> {
  /** Where it begins in the file, from 1. */
  line: number;
}

export interface RouteProblem {
  line: number;
  text: string;
}

/** Reads routes. Never throws: what cannot be read is named with its line, the rest is kept. */
export function parseRoutes(text: string): { routes: Route[]; problems: RouteProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line);
  const problems: RouteProblem[] = document.errors.map(({ message, pos }) => ({
    line: lineAt(pos[0]),
    text: message,
  }));
  if (problems.length > 0) return { routes: [], problems };
  if (document.contents === null) return { routes: [], problems: [] };
  const { contents } = document;
  if (!isSeq(contents))
    return { routes: [], problems: [{ line: 1, text: "routes are a list; begin each with “- prompt: …”" }] };
  const routes: Route[] = [];
  for (const item of contents.items) {
    const line = isNode(item) && item.range ? lineAt(item.range[0]) : 1;
    const parsed = v.safeParse(routeSchema, isNode(item) ? item.toJSON() : item);
    if (parsed.success) {
      routes.push({ ...parsed.output, line });
      continue;
    }
    const [issue] = parsed.issues;
    const where = v.getDotPath(issue);
    const unknown = issue.type === "strict_object" && issue.expected === "never";
    const text = unknown ? `“${where}” is not known` : `${where ? `${where}: ` : ""}${issue.message}`;
    problems.push({ line, text });
  }
  return { routes, problems };
}

/** How a route was decided. */
export interface CheckedRoute {
  route: Route;
  decision: RouteDecision;
  /** "expected local, got mid: …"; undefined when it is as expected. */
  difference: string | undefined;
}

/** Routes every one and compares. Stops early, with what it has, when `signal` aborts. */
export async function checkRoutes(
  routes: readonly Route[],
  decide: (request: EditorRequest, signal: AbortSignal) => Promise<RouteDecision>,
  signal: AbortSignal,
): Promise<CheckedRoute[]> {
  const checked: CheckedRoute[] = [];
  for (const route of routes) {
    if (signal.aborted) break;
    const decision = await decide(requestOf(route), signal);
    checked.push({ route, decision, difference: differenceOf(route, decision) });
  }
  return checked;
}

function differenceOf({ tier, task }: Route, decision: RouteDecision): string | undefined {
  const reasons = decision.reasons.map(({ text }) => text).join("; ");
  if (decision.tier !== tier)
    return `expected ${tier}, got ${decision.tier} (${decision.label}, ${Math.round(decision.confidence * 100)} % sure): ${reasons}`;
  return task !== undefined && decision.task !== task
    ? `expected the task ${task}, got ${decision.task}`
    : undefined;
}

function requestOf({ prompt, command, language, path, code, line }: Route): EditorRequest {
  const id = `route-${line}`;
  return {
    id,
    sessionId: id,
    surface: command ? "command" : "chat",
    command,
    prompt,
    languageId: language,
    code,
    ...(path !== undefined && { path }),
    fileLines: code === "" ? 0 : code.split("\n").length,
    attachments: [],
    diagnostics: [],
    history: [],
  };
}

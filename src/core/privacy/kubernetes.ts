/** Kubernetes manifests of kind Secret. */
import type { SecretFinding } from "./secrets.ts";
import { isPlaceholder } from "./placeholders.ts";

const SECRET_KIND = /^[ \t]*["']?kind["']?:[ \t]*["']?Secret["']?,?[ \t]*\r?$/gm;
const DATA = /^([ \t]*)["']?(?:data|stringData)["']?:[ \t]*\{?[ \t]*\r?$/;
const ENTRY = /^([ \t]*)["']?[\w.-]{1,100}["']?:[ \t]*["']?([^\s"']{4,4000})["']?,?[ \t]*\r?$/;

/** The values of manifests of kind Secret: all of them are secret, whatever their names. */
export function findKubernetesSecrets(text: string): SecretFinding[] {
  const findings: SecretFinding[] = [];
  if (!text.includes("Secret")) return findings;
  let done = 0;
  for (const { index } of text.matchAll(SECRET_KIND)) {
    if (index < done) continue;
    const start = Math.max(done, text.lastIndexOf("\n---", index) + 1);
    const next = text.indexOf("\n---", index);
    const end = next < 0 ? text.length : next;
    findings.push(...entriesOf(text.slice(start, end), start));
    done = end;
  }
  return findings;
}

function entriesOf(manifest: string, offset: number): SecretFinding[] {
  const findings: SecretFinding[] = [];
  let indent = -1;
  let at = offset;
  for (const line of manifest.split("\n")) {
    const entry = ENTRY.exec(line);
    const value = entry?.[2] ?? "";
    if (indent >= 0 && entry && (entry[1] ?? "").length > indent && !isPlaceholder(value)) {
      const start = at + line.lastIndexOf(value);
      findings.push({ kind: "Kubernetes secret", start, end: start + value.length });
    } else if (line.trim() !== "" && !(indent >= 0 && /^[ \t]*/.exec(line)![0].length > indent)) {
      indent = DATA.exec(line)?.[1]?.length ?? -1;
    }
    at += line.length + 1;
  }
  return findings;
}

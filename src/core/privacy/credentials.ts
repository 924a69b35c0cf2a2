/** Finds credentials that stand in a form of their own. */
import { findInCalls } from "./calls.ts";
import { findInColumns } from "./columns.ts";
import { COMMANDS } from "./commands.ts";
import { FORMS } from "./forms.ts";
import { findKubernetesSecrets } from "./kubernetes.ts";
import type { SecretFinding } from "./secrets.ts";

/** Every credential in such a form; they may overlap. */
export function findCredentials(text: string): SecretFinding[] {
  const findings = [...FORMS, ...COMMANDS]
    .filter(({ near }) => near.test(text))
    .flatMap(({ kind, pattern, accepts }) =>
      [...text.matchAll(pattern)].flatMap((match) => {
        const secret = match[1] ?? "";
        const end = match.index + match[0].length;
        return accepts(secret, match[0]) ? [{ kind, start: end - secret.length, end }] : [];
      }),
    );
  return [...findings, ...findInCalls(text), ...findInColumns(text), ...findKubernetesSecrets(text)];
}

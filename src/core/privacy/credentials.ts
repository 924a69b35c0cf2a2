/** Finds credentials that stand in a form of their own. */
import { findInCalls } from "./calls.ts";
import { findInColumns } from "./columns.ts";
import { COMMANDS, findInCommands } from "./commands.ts";
import type { Form } from "./form.ts";
import { FORMS } from "./forms.ts";
import { KEY_FORMS } from "./keys.ts";
import { findKubernetesSecrets } from "./kubernetes.ts";
import type { SecretFinding } from "./secrets.ts";

/** Every credential in such a form; they may overlap. */
export function findCredentials(text: string): SecretFinding[] {
  // ["tool", "-p", "value"] reads as a command line.
  const commands = text.replaceAll(/["'],[ \t]?["']/g, (between) => " ".repeat(between.length));
  return [
    ...matches(FORMS, text),
    ...matches(KEY_FORMS, text),
    ...matches(COMMANDS, commands),
    ...findInCommands(commands),
    ...findInCalls(text),
    ...findInColumns(text),
    ...findKubernetesSecrets(text),
  ];
}

function matches(forms: readonly Form[], text: string): SecretFinding[] {
  return forms
    .filter(({ near }) => near.test(text))
    .flatMap(({ kind, pattern, accepts }) =>
      [...text.matchAll(pattern)].flatMap((match) => {
        const secret = match[1] ?? "";
        const end = match.index + match[0].length;
        return accepts(secret, match[0]) ? [{ kind, start: end - secret.length, end }] : [];
      }),
    );
}

/** package.json and the code name the same commands, settings and defaults, both ways. */
import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/core/request.ts";
import { parseSettings, SETTING_KEYS } from "../../src/core/settings.ts";
import { COMMAND_IDS, PARTICIPANT_ID, VENDOR } from "../../src/editor/ids.ts";

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const properties: Record<string, { default: unknown }> = Object.assign(
  {},
  ...manifest.contributes.configuration.map((section: { properties: object }) => section.properties),
);

describe("package.json", () => {
  it("contributes exactly the settings that the code reads, with the same defaults", () => {
    const { settings } = parseSettings(() => undefined);
    const inManifest = Object.fromEntries(
      Object.entries(properties).map(([key, { default: value }]) => [key, value]),
    );
    const inCode = Object.fromEntries(SETTING_KEYS.map((key) => [`hybrid.${key}`, settings[key]]));
    expect(inManifest).toEqual(inCode);
  });

  it("contributes exactly the commands that the code registers", () => {
    const contributed = manifest.contributes.commands.map(({ command }: { command: string }) => command);
    expect(contributed.toSorted()).toEqual(Object.values(COMMAND_IDS).toSorted());
  });

  it("names no command in a menu or key binding that does not exist", () => {
    const menus = Object.values(manifest.contributes.menus).flat() as { command?: string }[];
    const used = [...menus, ...manifest.contributes.keybindings].flatMap(({ command }) => command ?? []);
    expect(used.filter((id: string) => !Object.values<string>(COMMAND_IDS).includes(id))).toEqual([]);
  });

  it("contributes the participant with the slash commands of the core, and the model vendor", () => {
    const [participant] = manifest.contributes.chatParticipants;
    expect(participant.id).toBe(PARTICIPANT_ID);
    expect(participant.name).toBe("hybrid");
    expect(participant.commands.map(({ name }: { name: string }) => name).toSorted()).toEqual(
      COMMANDS.toSorted(),
    );
    expect(manifest.contributes.languageModelChatProviders[0].vendor).toBe(VENDOR);
  });

  it("lets no workspace redirect prompts or keys", () => {
    for (const key of ["hybrid.providers", "hybrid.ollama.baseUrl"]) {
      expect((properties[key] as { scope?: string } | undefined)?.scope).toBe("machine");
    }
  });

  it("asks for no newer types than the engine it runs on, and no proposed API", () => {
    const minor = (range: string) => Number(/1\.(\d+)/.exec(range)?.[1]);
    expect(minor(manifest.devDependencies["@types/vscode"])).toBe(minor(manifest.engines.vscode));
    expect(manifest.enabledApiProposals).toBeUndefined();
  });
});

describe("parseSettings", () => {
  it.each([
    ["a list", ["vault/**", "*.pem", "vault/**"], ["vault/**", "*.pem"], 0],
    ["one string in place of a list", "vault/**", ["vault/**"], 0],
    ["bad globs among good ones", ["vault/**", "", 5, null, { a: 1 }, "x".repeat(5000)], ["vault/**"], 5],
    ["nothing of use", 7, [], 1],
  ])("%s of guarded files keeps every good glob", (_, value, globs, problemCount) => {
    const { settings, problems } = parseSettings((key) => (key === "privacy.localOnly" ? value : undefined));
    expect(settings["privacy.localOnly"]).toEqual(globs);
    expect(problems).toHaveLength(problemCount);
    for (const problem of problems)
      expect(problem).toMatch(/^hybrid\.privacy\.localOnly: .* guards nothing\.$/);
  });

  it("falls back to the default of a bad value, names it, and keeps the rest", () => {
    const { settings, problems } = parseSettings(
      (key) => ({ "tiers.mid.models": ["gpt-4o-mini"], "routing.confidenceThreshold": 0.5 })[key as string],
    );
    expect(settings["tiers.mid.models"]).toEqual(parseSettings(() => undefined).settings["tiers.mid.models"]);
    expect(settings["routing.confidenceThreshold"]).toBe(0.5);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/hybrid\.tiers\.mid\.models.*provider\/model-name/);
  });

  it.each([[null], [[1]], [{}], ["x"], [Number.NaN]])("survives %j in every setting", (value) => {
    expect(() => parseSettings(() => value)).not.toThrow();
  });
});

describe("the layers", () => {
  it("keeps vscode out of the core", () => {
    const files = readdirSync("src/core", { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.length).toBeGreaterThan(10);
    const offenders = files.filter((entry) =>
      /from "(vscode|(\.\.\/)+editor)/.test(readFileSync(`${entry.parentPath}/${entry.name}`, "utf8")),
    );
    expect(offenders.map(({ name }) => name)).toEqual([]);
  });
});

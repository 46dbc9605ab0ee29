import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CHECKOUT_RULES } from "../../domain/checkout/checkout-rules.ts";
import { MANDATE_RULES } from "../../domain/mandate/mandate-rules.ts";
import { RULES } from "../../domain/rules.ts";
import { ATTENTION_CAUSES } from "../../domain/state/attention.ts";
import { ROOT } from "../support/documents.ts";

const DOCUMENT = "docs/decisions/0009-standard-names.md";

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

type Rename = { readonly of: string; readonly old: string; readonly new: string };

/** The rows of the table below a heading. */
function renamesBelow(heading: string): readonly Rename[] {
  const [, section = ""] = read(DOCUMENT).split(`## ${heading}\n`);
  const [table = ""] = section.split("\n## ");
  return [...table.matchAll(/^\| (?:([^`|]+?) +\| )?`([^`]+)` +\| `([^`]+)` +\|$/gm)].map(
    ([, of = "rule", old = "", name = ""]) => ({ of, old, new: name }),
  );
}

const RULE_IDS = renamesBelow("Rule ids");
const KINDS = renamesBelow("Kinds and causes");

/** Where each kind of name is defined. */
const DEFINED_IN: Readonly<Record<string, string>> = {
  event: "domain/state/event.ts",
  effect: "domain/decision/effect.ts",
  "alert cause": "domain/state/attention.ts",
  "refusal of a command": "domain/state/command.ts",
  "reason why a charge was not sent": "domain/state/event.ts",
  "reason why a notice was not sent": "domain/state/event.ts",
  "phase of a payment link": "domain/state/current-debt.ts",
  "state of a checkout's payment": "domain/checkout/checkout.ts",
  "result of a row of the sweep": "domain/sweep/sweep.ts",
};

describe("the tables of renames", () => {
  test("have all their rows", () => {
    expect(RULE_IDS).toHaveLength(40);
    expect(KINDS).toHaveLength(18);
  });

  test("give each old name one new name, and each new name one old name", () => {
    for (const side of ["old", "new"] as const) {
      const names = [...RULE_IDS, ...KINDS].map((rename) => `${rename.of}: ${rename[side]}`);
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    }
  });

  test("name only rules that exist, and no old one", () => {
    const rules = Object.keys({ ...RULES, ...CHECKOUT_RULES, ...MANDATE_RULES });
    expect(RULE_IDS.filter((rename) => !rules.includes(rename.new))).toEqual([]);
    expect(RULE_IDS.filter((rename) => rules.includes(rename.old))).toEqual([]);
  });

  test("name only alert causes that exist, and no old one", () => {
    const causes = KINDS.filter(({ of }) => of === "alert cause");
    expect(causes.filter((rename) => !(rename.new in ATTENTION_CAUSES))).toEqual([]);
    expect(causes.filter((rename) => rename.old in ATTENTION_CAUSES)).toEqual([]);
  });

  test.each(KINDS)("name the $of $new as the code does", (rename) => {
    const code = read(DEFINED_IN[rename.of] ?? "");
    expect(code).toMatch(new RegExp(`"${rename.new}"|^  ${rename.new}: \\{`, "m"));
  });
});

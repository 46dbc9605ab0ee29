import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "../documents.ts";

export type AlertRule = {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
};

type RuleFile = { readonly groups: readonly { readonly rules: readonly AlertRule[] }[] };

/** The alerts that deploy/monitoring/rules.yml has. */
export const ALERTS: readonly AlertRule[] = (
  parse(readFileSync(join(ROOT, "deploy/monitoring/rules.yml"), "utf8")) as RuleFile
).groups.flatMap(({ rules }) => rules);

import { stringify } from "yaml";
import { DEFAULT_POLICY, type Policy } from "../../domain/policy.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../domain/values/time.ts";

type Value =
  string | number | boolean | null | readonly string[] | { readonly [key: string]: string };
type Section = { readonly [key: string]: Value };
/** A policy with the keys and durations of its file. */
export type PolicyFile = { readonly [key: string]: Value | Section };

const SECTIONS = ["retry", "notices"];

/** The policy as its file would have it, with every key. */
export function policyFileOf(policy: Policy): PolicyFile {
  const entries = Object.entries(policy).map(([name, value]): [string, Value | Section] =>
    SECTIONS.includes(name)
      ? [name, Object.fromEntries(Object.entries(value as object).map(entryOf))]
      : entryOf([name, value]),
  );
  return Object.fromEntries(entries);
}

/** `gapsMs: [86400000]` is `gaps: [1d]` in the file. */
function entryOf([name, value]: [string, unknown]): [string, Value] {
  const key = name.replace(/Ms$/, "").replaceAll(/[A-Z]/g, (sign) => `_${sign.toLowerCase()}`);
  if (!name.endsWith("Ms")) return [key, value as Value];
  return [
    key,
    Array.isArray(value)
      ? value.map((one: unknown) => durationText(Number(one)))
      : durationText(Number(value)),
  ];
}

const UNITS = [
  ["d", DAY_MS],
  ["h", HOUR_MS],
  ["m", MINUTE_MS],
] as const;

function durationText(durationMs: number): string {
  const [unit, unitMs] = UNITS.find(([, ms]) => durationMs > 0 && durationMs % ms === 0) ?? [
    "s",
    SECOND_MS,
  ];
  return `${durationMs / unitMs}${unit}`;
}

const isSection = (name: string, _value: Value | Section): _value is Section =>
  SECTIONS.includes(name);

/** The keys that differ from the built-in policy, such as `retry.gaps`. */
export function changedKeys(policy: Policy): readonly string[] {
  return leavesOf(policyFileOf(policy)).flatMap(({ path, value }) =>
    inline(value) === builtIn(path) ? [] : [path],
  );
}

const builtIn = (path: string): string | undefined => {
  const found = leavesOf(policyFileOf(DEFAULT_POLICY)).find((one) => one.path === path);
  return found === undefined ? undefined : inline(found.value);
};

function leavesOf(file: PolicyFile): readonly { readonly path: string; readonly value: Value }[] {
  return Object.entries(file).flatMap(([name, value]) =>
    isSection(name, value)
      ? Object.entries(value).map(([key, one]) => ({ path: `${name}.${key}`, value: one }))
      : [{ path: name, value }],
  );
}

const inline = (value: Value): string =>
  stringify(value, { collectionStyle: "flow", flowCollectionPadding: false, lineWidth: 0 }).trim();

/** The policy as YAML; a comment shows the built-in value of a key that differs. */
export function policyText(policy: Policy): string {
  const lines = (path: string, key: string, indent: string, value: Value): string => {
    const usual = builtIn(path);
    const comment = usual === inline(value) ? "" : ` # built-in: ${usual ?? "none"}`;
    return `${indent}${key}: ${inline(value)}${comment}`;
  };
  return Object.entries(policyFileOf(policy))
    .flatMap(([name, value]) =>
      isSection(name, value)
        ? [
            `${name}:`,
            ...Object.entries(value).map(([key, one]) => lines(`${name}.${key}`, key, "  ", one)),
          ]
        : [lines(name, name, "", value)],
    )
    .join("\n");
}

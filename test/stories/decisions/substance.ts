import type { Effect } from "../../../domain/decision/effect.ts";
import type { Instant } from "../../../domain/values/time.ts";
import type { Decided } from "./decided.ts";

/** Any plain data, with sorted fields. */
export type Data = string | number | boolean | null | readonly Data[] | { [name: string]: Data };

/** What a decision does, without its texts. Times are milliseconds after the event. */
export type Substance = {
  /** Rule, outcome, effects and wake-up. */
  readonly acts: Data;
  /** The state that it leaves behind. */
  readonly changes: Data;
};

const YEAR_2000 = Date.UTC(2000);

/** A sentence, as written or as `no-prose.test.ts` replaces it. */
export const isSentence = (text: string): boolean => /\s|…/.test(text);

/** The value as plain data: without sentences, times relative to `at`, fields in alphabetical order. */
function dataOf(value: unknown, at: Instant): Data | undefined {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") return value > YEAR_2000 ? value - at : value;
  if (typeof value === "string") return isSentence(value) ? undefined : value;
  if (Array.isArray(value)) return value.map((one) => dataOf(one, at) ?? null);
  if (typeof value !== "object") return undefined;
  const fields: { [name: string]: Data } = {};
  for (const [name, one] of Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const data = dataOf(one, at);
    if (data !== undefined) fields[name] = data;
  }
  return fields;
}

/** The fields of an effect that matter to the world: neither its id nor the reason of a read, which is a text. */
function effectFields(effect: Effect): object {
  if (effect.kind === "read") return { ...effect, id: undefined, why: undefined };
  return { ...effect, id: undefined };
}

export function substanceOf({ at, event, decision }: Decided): Substance {
  const { rule, rules, effects, wakeAt, changes, attributes } = decision;
  const outcomes = changes.ended?.map(({ debtId, outcome, by, amountMinor, reactivated }) => ({
    debtId,
    outcome,
    by,
    amountMinor,
    reactivated,
  }));
  const acts = {
    event: event.kind,
    rule,
    rules,
    state: changes.state,
    outcomes,
    effects: effects.map(effectFields),
    wakeAt,
  };
  return { acts: dataOf(acts, at) ?? null, changes: dataOf({ changes, attributes }, at) ?? null };
}

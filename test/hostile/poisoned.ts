/** Texts that the domain chooses from a list of its own: they decide, and never come from outside. */
const CHOSEN: ReadonlySet<string> = new Set([
  "access",
  "align",
  "cause",
  "effect",
  "foreignCharges",
  "handling",
  "kind",
  "mode",
  "onExhausted",
  "outcome",
  "phase",
  "request",
  "result",
  "rule",
  "seenIn",
  "setting",
  "state",
  "trigger",
  "type",
  "waitsFor",
  "why",
]);

/** The same data, with this text in every place that may have one from outside: ids, codes, currencies, names, notes. */
export function poisoned<T>(data: T, text: string, name = ""): T {
  if (typeof data === "string") return (CHOSEN.has(name) ? data : text) as T;
  if (Array.isArray(data)) return data.map((one: unknown) => poisoned(one, text, name)) as T;
  if (typeof data !== "object" || data === null) return data;
  const entries = Object.entries(data).map(([key, value]) => [key, poisoned(value, text, key)]);
  return Object.fromEntries(entries) as T;
}

import { ApplicationFailure } from "@temporalio/workflow";

const TEXT_MAX = 500;

/**
 * Reads what a person typed into an update. Only `by` is required, since the record says who acted; nothing may be of a wrong
 * type.
 */
export function parseOperatorInput(input: unknown): {
  readonly by: string;
  readonly note: string;
  readonly confirmedAbsent: boolean;
  readonly confirmedDead: boolean;
  readonly newDebt: boolean;
} {
  const fields = objectOf(input);
  return {
    by: nameOf(fields),
    note: textOf(fields, "note", ""),
    confirmedAbsent: flagOf(fields, "confirmedAbsent"),
    confirmedDead: flagOf(fields, "confirmedDead"),
    newDebt: flagOf(fields, "newDebt"),
  };
}

export function parseLinkInput(input: unknown): { readonly debtId: string | null } {
  const debtId = textOf(objectOf(input), "debtId", "");
  return { debtId: debtId === "" ? null : debtId };
}

function objectOf(input: unknown): Readonly<Record<string, unknown>> {
  if (input === undefined || input === null) return {};
  if (typeof input === "object" && !Array.isArray(input)) return input as Record<string, unknown>;
  throw malformed('an object, such as {"by": "anna", "note": "…"}');
}

function textOf(fields: Readonly<Record<string, unknown>>, name: string, missing: string): string {
  const value = fields[name] ?? missing;
  if (typeof value === "string" && value.length <= TEXT_MAX) return value === "" ? missing : value;
  throw malformed(`${name}: a text of at most ${TEXT_MAX} characters`);
}

function nameOf(fields: Readonly<Record<string, unknown>>): string {
  const by = textOf(fields, "by", "").trim();
  if (by !== "") return by;
  throw malformed('by: your name, such as {"by": "anna"}');
}

function flagOf(fields: Readonly<Record<string, unknown>>, name: string): boolean {
  const value = fields[name] ?? false;
  if (typeof value === "boolean") return value;
  throw malformed(`${name}: true or false`);
}

function malformed(expected: string): ApplicationFailure {
  return ApplicationFailure.create({
    message: `expected ${expected}`,
    type: "malformed",
    nonRetryable: true,
  });
}

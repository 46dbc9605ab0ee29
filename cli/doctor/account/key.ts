import { type Check, fail, type Finding, ok, unknown, warn } from "../check.ts";
import { whyAbsent } from "../settings.ts";
import type { Subject } from "../subject.ts";
import type { KeyState } from "./access.ts";

const KEY_NAME = "DODO_PAYMENTS_API_KEY";

/** What keys of each mode begin with. @source docs/dodo/api.md, "Environments and keys" */
const PREFIXES = { test_mode: "dodo_test_", live_mode: "dodo_live_" } as const;

type Environment = keyof typeof PREFIXES;

const NEW_KEY =
  "Create one in Dodo's dashboard (Developer → API Keys), and set DODO_PAYMENTS_API_KEY";

/** The mode that a key names by how it begins; null where it names none. */
function modeIn(key: string): Environment | null {
  const modes = Object.keys(PREFIXES) as Environment[];
  return modes.find((mode) => key.startsWith(PREFIXES[mode])) ?? null;
}

/** Why nothing about the account can be read; null where it can. */
export function whyUnreadable(
  state: KeyState,
  { settings }: Pick<Subject, "settings">,
): Finding | null {
  switch (state.kind) {
    case "accepted":
      return null;
    case "missing":
      return unknown(whyAbsent(settings, KEY_NAME));
    case "refused":
      return unknown("Dodo does not accept the API key.");
    case "unreachable":
      return unknown(`Dodo gave no usable answer (${state.detail}).`);
  }
}

function isOfOtherMode({ settings: { worker, has } }: Subject): boolean {
  const mode = has(KEY_NAME) ? modeIn(worker.apiKey) : null;
  return mode !== null && mode !== worker.environment;
}

/** One read of one payment. */
export const keyCheck: Check = {
  name: "dodo.key",
  what: "API key",
  run: async (subject) => {
    const state = await subject.dodo.key();
    const { environment, baseUrl } = subject.settings.worker;
    switch (state.kind) {
      case "accepted":
        return ok(`Dodo accepts it in ${environment}.`);
      case "missing":
        return unknown(
          whyAbsent(subject.settings, KEY_NAME),
          "Run it with the worker's variables.",
        );
      case "unreachable":
        return fail(
          `Dodo gave no usable answer (${state.detail}).`,
          baseUrl === null
            ? "Check this machine's connection, and https://status.dodopayments.com"
            : `Check DODO_PAYMENTS_BASE_URL, which is ${baseUrl}`,
        );
      case "refused":
        if (isOfOtherMode(subject)) return unknown("It belongs to the other mode: see the mode.");
        return state.httpStatus === 403
          ? fail(
              `It may not read payments (${state.code}).`,
              `${NEW_KEY}, with read and write access.`,
            )
          : fail(`Dodo does not know it in ${environment} (${state.code}).`, `${NEW_KEY}.`);
    }
  },
};

export const modeCheck: Check = {
  name: "dodo.mode",
  what: "Mode",
  run: async (subject) => {
    const { worker, has } = subject.settings;
    const { environment, mode } = worker;
    const state = await subject.dodo.key();
    if (isOfOtherMode(subject) && state.kind !== "accepted") {
      const other = environment === "test_mode" ? "live_mode" : "test_mode";
      return fail(
        `The API key begins with ${PREFIXES[other]}, and DODO_PAYMENTS_ENVIRONMENT is ${environment}.`,
        `Set DODO_PAYMENTS_API_KEY to a key of ${environment}, or DODO_PAYMENTS_ENVIRONMENT=${other} with a namespace of its own`,
      );
    }
    if (!has(KEY_NAME)) return unknown(whyAbsent(subject.settings, KEY_NAME));
    if (mode === "shadow") {
      return warn(
        `${environment}, in shadow mode: decisions are recorded, nothing is sent or charged.`,
        "reprise shadow-report, then MODE=act",
      );
    }
    if (mode === "advise") {
      return ok(
        `${environment}, in advise mode: decisions go out as webhooks, your own code charges.`,
      );
    }
    return ok(`${environment}, MODE=${mode}`);
  },
};

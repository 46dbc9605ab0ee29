import {
  BRAND_NAMES,
  LINK_NAMES,
  OPERATOR_KEY_NAMES,
  OUTGOING_NAMES,
  POLICY_NAMES,
} from "./names.ts";
import { type Check, fail, ok, unknown } from "../check.ts";

/** Variables with a line of their own. */
const ELSEWHERE: ReadonlySet<string> = new Set<string>([
  ...POLICY_NAMES,
  ...BRAND_NAMES,
  ...LINK_NAMES,
  ...OPERATOR_KEY_NAMES,
  ...OUTGOING_NAMES,
]);

/** Every variable of both processes, as they read it at their start. */
export const variablesCheck: Check = {
  name: "set_up.variables",
  what: "Variables",
  run: ({ settings: { problems, missing } }) => {
    const wrong = problems.filter(({ name }) => !ELSEWHERE.has(name));
    if (wrong.length > 0) {
      return fail(
        wrong.map(({ name, problem }) => `${name}: ${problem}`).join("; "),
        "Correct them: docs/CONFIGURATION.md",
      );
    }
    if (missing.size === 0) return ok("All that both processes require are set.");
    return unknown(
      `Not set here: ${[...missing].join(", ")}. What needs them is not checked.`,
      "Run it where the variables of both processes are set, such as beside .env.",
    );
  },
};

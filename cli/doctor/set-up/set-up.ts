import { changedKeys } from "../../text/policy-text.ts";
import { type Check, fail, type Finding, ok, unknown, warn } from "../check.ts";
import type { Settings } from "../settings.ts";
import { BRAND_NAMES, LINK_NAMES, OPERATOR_KEY_NAMES, POLICY_NAMES } from "./names.ts";

/** As `engines` in package.json; test/cli/doctor compares the two. */
export const NODE_LOWEST = [20, 19] as const;

/** Why the values of these variables are refused; null where they are not. */
function problemsOf(
  { problems }: Settings,
  names: readonly string[],
  mend: string,
): Finding | null {
  const found = problems.filter(({ name }) => names.includes(name));
  if (found.length === 0) return null;
  return fail(found.map(({ name, problem }) => `${name}: ${problem}`).join("; "), mend);
}

export const versionsCheck: Check = {
  name: "set_up.versions",
  what: "Versions",
  run: ({ version }) => {
    const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
    const [lowestMajor, lowestMinor] = NODE_LOWEST;
    const isOld = major < lowestMajor || (major === lowestMajor && minor < lowestMinor);
    const detail = `Reprise ${version}, Node ${process.versions.node}`;
    return isOld
      ? fail(
          `${detail}; Node ${lowestMajor}.${lowestMinor} or later is needed.`,
          "Install it: https://nodejs.org",
        )
      : ok(detail);
  },
};

export const policyCheck: Check = {
  name: "set_up.policy",
  what: "Policy",
  run: ({ settings, env }) => {
    const file = env["RECOVERY_POLICY"]?.trim() ?? "";
    const live = settings.worker.environment === "live_mode" ? " --live" : "";
    const problem = problemsOf(settings, POLICY_NAMES, `reprise policy check ${file}${live}`);
    if (problem !== null) return problem;
    if (file === "") return ok("The built-in one.");
    const changed = changedKeys(settings.worker.policy);
    const what = changed.length === 0 ? "nothing" : changed.join(", ");
    return ok(`${file}; it changes ${what}.`);
  },
};

export const brandCheck: Check = {
  name: "set_up.brand",
  what: "Brand",
  run: ({ settings }) => {
    const problem = problemsOf(settings, BRAND_NAMES, "Correct the files: docs/NOTICES.md");
    if (problem !== null) return problem;
    const { brand } = settings.worker;
    const others = Object.keys(brand.others).length;
    const more = others === 0 ? "" : `, and ${others} more`;
    if (settings.missing.has("EMAIL_FROM")) return unknown("EMAIL_FROM is not set here.");
    return brand.name === null
      ? warn(
          "Customers see no name of yours.",
          "Set EMAIL_FROM to a name and an address, or BRAND_DIR: docs/NOTICES.md",
        )
      : ok(`${brand.name}${more}`);
  },
};

const ON_THIS_MACHINE = /^(127\.|localhost$|\[::1\]$|0\.0\.0\.0$)/;

export const linksCheck: Check = {
  name: "set_up.links",
  what: "Links",
  run: ({ settings, env }) => {
    const problem = problemsOf(settings, LINK_NAMES, "For a new key: openssl rand -base64 32");
    if (problem !== null) return problem;
    if (settings.missing.has("LINK_SIGNING_KEYS"))
      return unknown("LINK_SIGNING_KEYS is not set here.");
    const { worker, gateway } = settings;
    const { publicUrl } = gateway;
    const isSet = (env["PUBLIC_URL"]?.trim() ?? "") !== "";
    if (!isSet && publicUrl !== worker.publicUrl) {
      return fail(
        `PUBLIC_URL is not set: mails link to ${worker.publicUrl}, and the gateway is at ${publicUrl}.`,
        "Set PUBLIC_URL to where customers reach the gateway, for both processes.",
      );
    }
    const { protocol, hostname } = new URL(publicUrl);
    const mend = "Expose the gateway over HTTPS, and set PUBLIC_URL: docs/GETTING-STARTED.md";
    if (ON_THIS_MACHINE.test(hostname)) {
      const detail = `${publicUrl} is on this machine: neither Dodo nor customers reach it.`;
      return worker.environment === "live_mode" ? fail(detail, mend) : warn(detail, mend);
    }
    if (protocol !== "https:") return warn(`${publicUrl} is not HTTPS.`, mend);
    const keys = gateway.linkKeys.length;
    return ok(`${publicUrl}, signed by ${keys === 1 ? "1 key" : `the first of ${keys} keys`}`);
  },
};

export const operatorKeysCheck: Check = {
  name: "set_up.operator_keys",
  what: "Operator keys",
  run: ({ settings, env }) => {
    const mend = "For a new secret: openssl rand -hex 24";
    const problem = problemsOf(settings, OPERATOR_KEY_NAMES, mend);
    if (problem !== null) return problem;
    const { operatorKeys } = settings.gateway;
    const own = env["REPRISE_API_KEY"]?.trim() ?? "";
    if (operatorKeys.length === 0) {
      return own === ""
        ? ok("None: the operator API is off.")
        : unknown("OPERATOR_API_KEYS is not set here.", "Run it with the gateway's variables.");
    }
    const names = operatorKeys.map(({ name }) => name).join(", ");
    return own !== "" && !operatorKeys.some(({ secret }) => secret === own)
      ? fail(
          "REPRISE_API_KEY is the secret of no key in OPERATOR_API_KEYS.",
          "Set REPRISE_API_KEY to what follows the name and the colon of a key.",
        )
      : ok(`Of ${names}.`);
  },
};

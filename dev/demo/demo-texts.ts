import { EXTRA_CUSTOMERS } from "./scenarios.ts";
import { type Demo, subscribe } from "./story.ts";

/** Where everything can be seen. */
export function addressLines({ stack, webUi }: Demo): readonly string[] {
  const addresses = [
    ["Temporal Web UI: each recovery, its state and next attempt", webUi.recoveriesUrl],
    ["inbox: all emails; their links work", stack.inbox.url],
    ["sandbox console: fail a charge, pay as a customer, skip time", stack.sandbox.url],
    ["operator API: its documentation", `${stack.gatewayUrl}/docs`],
  ] as const;
  const width = Math.max(...addresses.map(([, url]) => url.length));
  return ["", ...addresses.map(([what, url]) => `  ${url.padEnd(width)}  ${what}`), ""];
}

/** Adds customers whose stories a person decides. @returns their subscriptions, in order */
export async function addExtraCustomers({ stack }: Demo): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const name of EXTRA_CUSTOMERS) {
    ids.push((await subscribe(stack.sandbox.control, name)).subscriptionId);
  }
  return ids;
}

/** What a person can try after the stories. */
export function tryLines(demo: Demo, operatorSecret: string): readonly string[] {
  const { stack } = demo;
  return [
    "Everything keeps running until Ctrl-C.",
    ...addressLines(demo),
    `${new Intl.ListFormat("en-GB").format(EXTRA_CUSTOMERS)} have paid so far. In the sandbox console, fail their charges, skip time and`,
    "read their emails. Or ask who has not paid, on the command line or by the operator API; the key was",
    "made for this run:",
    "",
    `  REPRISE_URL=${stack.gatewayUrl} REPRISE_API_KEY=${operatorSecret} \\`,
    "    npm run --silent reprise -- list --outcome exhausted",
    "",
    `  curl --silent --header "Authorization: Bearer ${operatorSecret}" \\`,
    `    "${stack.gatewayUrl}/v1/recoveries?outcome=exhausted"`,
    "",
  ];
}

import { type Check, fail, ok, warn } from "../check.ts";
import { OUTGOING_NAMES } from "../set-up/names.ts";
import { request } from "./request.ts";

/** Asks with HEAD, which changes nothing; a server that takes only POST answers with an error, and is reachable all the same. */
export const outgoingWebhookCheck: Check = {
  name: "outgoing_webhook",
  what: "Outgoing webhook",
  run: async ({ settings, timeoutMs }) => {
    const problems = settings.problems.filter(({ name }) =>
      OUTGOING_NAMES.some((one) => one === name),
    );
    if (problems.length > 0) {
      return fail(
        problems.map(({ name, problem }) => `${name}: ${problem}`).join("; "),
        "Correct them: docs/WEBHOOKS.md",
      );
    }
    const { outgoingWebhook } = settings.worker;
    if (outgoingWebhook === null) return ok("Off: OUTGOING_WEBHOOK_URL is not set.");
    const answer = await request(outgoingWebhook.url, timeoutMs, { method: "HEAD" });
    // The address may contain a secret.
    const { host } = new URL(outgoingWebhook.url);
    return answer.kind === "answered"
      ? ok(`${host} answers (HTTP ${answer.status}); no webhook was sent.`)
      : warn(
          `${host} does not answer (${answer.detail}): webhooks are tried for five days.`,
          "Check the server behind OUTGOING_WEBHOOK_URL; then: reprise webhooks list",
        );
  },
};

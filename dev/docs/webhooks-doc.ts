import { Webhook } from "standardwebhooks";
import { FIELDS, webhookBodyOf } from "../../activities/webhooks/body.ts";
import {
  type Publication,
  PUBLICATION_TYPES,
  type PublicationType,
} from "../../domain/state/publication.ts";
import { parseSubscriptionId, recoveryIdOf } from "../../domain/values/ids.ts";
import type { CurrencyCode } from "../../domain/values/money.ts";

/** A key of nobody's, so that the example can be checked. */
const KEY = `whsec_${Buffer.from("an example key, never used").toString("base64")}`;

const WHEN: Readonly<Record<PublicationType, string>> = {
  "recovery.opened":
    "at a debt's first decline, once Dodo was read twice; never for an ordinary charge",
  "recovery.attempt_failed": "each further charge that was declined, whoever made it",
  "recovery.action_required":
    "nothing more is charged by itself: only the customer can go on, by the link in the mail",
  "recovery.needs_attention":
    "the recovery waits for a person; `cause` says why. It may come before `recovery.opened`",
  "recovery.recovered": "paid after it had failed; `by` says by whom",
  "recovery.collected": "a charge that was asked of Reprise succeeded at once",
  "recovery.exhausted": "unpaid at the end of the recovery window",
  "recovery.cancelled": "the subscription was cancelled, has expired or failed",
  "recovery.written_off": "an operator gave it up",
  "recovery.nothing_owed":
    "not owed after all (the merchant opted out, or it was no debt of its own); only after `recovery.opened`",
};

function sample(): Publication {
  const subscriptionId = parseSubscriptionId("sub_8Hq2");
  if (subscriptionId === null) throw new Error("the sample's id is malformed");
  return {
    id: "recovery-sub_8Hq2-1764064805000-1",
    type: "recovery.opened",
    at: Date.UTC(2025, 10, 25, 10),
    recoveryId: recoveryIdOf(subscriptionId),
    subscriptionId,
    customerId: "cus_4Tz9",
    debtId: "pay_1Kd7",
    state: "waiting",
    outcome: null,
    by: null,
    amountMinor: 2_900,
    currency: "USD" as CurrencyCode,
    declineCode: "INSUFFICIENT_FUNDS",
    declineClass: "soft",
    attempts: 1,
    nextAttemptAt: Date.UTC(2025, 10, 28, 10),
    cause: null,
  };
}

/** A webhook as it is sent, to the byte. */
export function exampleWebhook(): {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
} {
  const publication = sample();
  const body = JSON.stringify(webhookBodyOf(publication));
  const sentAt = new Date(publication.at + 2_000);
  const headers = {
    "webhook-id": publication.id,
    "webhook-timestamp": String(sentAt.getTime() / 1_000),
    "webhook-signature": new Webhook(KEY).sign(publication.id, sentAt, body),
  };
  return { key: KEY, headers, body };
}

/** A receiver that a merchant may start from; a test runs it. */
const RECEIVER = `import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.OUTGOING_WEBHOOK_KEY);
const done = new Set(); // yours is a table: it must outlive this process

createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  let event;
  try {
    event = webhook.verify(Buffer.concat(chunks), request.headers);
  } catch {
    return response.writeHead(401).end();
  }
  const id = request.headers["webhook-id"];
  if (!done.has(id)) await act(event);
  done.add(id);
  response.writeHead(204).end();
}).listen(process.env.PORT);

async function act({ type, data }) {
  switch (type) {
    case "recovery.action_required":
      return await sendSms(data.customer_id, "Please see our email.");
    case "recovery.exhausted":
    case "recovery.cancelled":
      return await setAccess(data.subscription_id, false);
    case "recovery.recovered":
      return await setAccess(data.subscription_id, true);
  }
}
`;

const TEXT_TABLE = (rows: readonly (readonly string[])[]): string =>
  rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** docs/WEBHOOKS.md, but for its format. */
export function webhooksDoc(): string {
  const { headers, body } = exampleWebhook();
  const types = PUBLICATION_TYPES.map((type) => [`\`${type}\``, WHEN[type]]);
  const fields = Object.entries(FIELDS).map(([name, { type, isAlways, meaning }]) => [
    `\`${name}\``,
    isAlways ? type : `${type}, where there is one`,
    meaning,
  ]);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `# Outgoing webhooks

<!-- Made from the code by \`npm run docs\`; edit dev/docs/webhooks-doc.ts or activities/webhooks/body.ts instead. -->

Your own systems hear what happens to each debt: to cut access and restore it, to send an SMS, to keep a figure. Set
\`OUTGOING_WEBHOOK_URL\` and \`OUTGOING_WEBHOOK_KEY\` for the worker; without them nothing is published, and nothing in shadow
mode. The events are about what you would ask a person; Dodo's own webhooks go on as before.

\`whsec_\` with the output of \`openssl rand -base64 32\` behind it is a key. Several keys, comma-separated, all sign: your server
can change to a new one at its own time.

## Events

${TEXT_TABLE([["type", "when"], ["---", "---"], ...types])}

Each debt has one \`recovery.opened\` and after it one end: \`recovered\`, \`exhausted\`, \`cancelled\`, \`written_off\` or
\`nothing_owed\`. \`collected\` ends a charge that never failed, and has no opening.

## Body

JSON: \`type\`, \`timestamp\` (RFC 3339, when it happened) and \`data\`. No name and no email address. Fields may be added.

${TEXT_TABLE([["field of `data`", "type", "meaning"], ["---", "---", "---"], ...fields])}

\`\`\`http
POST /reprise HTTP/1.1
content-type: application/json
${lines.join("\n")}

${body}
\`\`\`

## What your server does

Verify it as [Standard Webhooks](https://www.standardwebhooks.com) (there are libraries for most languages), act on it once for
each \`webhook-id\`, and answer 2xx within 15 seconds. A whole receiver, but for \`sendSms\` and \`setAccess\`, which are yours:

\`\`\`js
${RECEIVER}\`\`\`

## How it is delivered

- **In order for each subscription.** The next one waits until the one before it is taken or given up. Subscriptions do not wait
  for each other.
- **At least once.** Where your answer is lost, the same comes again: same \`webhook-id\`, same body. Without a lost answer it comes
  once.
- **For five days** from its hand-over, first after 5 s, then ever less often, at most an hour apart; \`Retry-After\` in
  seconds is kept, up to an hour. Anything but 2xx is a no; a redirect is not followed, and no answer's body is read.
- **Then it is given up, loudly**: the operator has a mail (\`webhook_undelivered\`), and the result of the workflow
  \`delivery-<subscription_id>\` in Temporal names what was missed. A 410 is given up at once.
- **The recovery waits for none of this**: it hands over to that workflow, which outlives every process, and goes on. At most 20 are
  under way at once in each worker, on a task queue of their own, \`<TEMPORAL_TASK_QUEUE>-webhooks\`.

A setting that comes later is told what happens from then on. While the address is not set, what was handed over before waits for
it, within its five days.
`;
}

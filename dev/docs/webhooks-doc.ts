import { Webhook } from "standardwebhooks";
import { FIELDS, webhookBodyOf } from "../../activities/webhooks/body.ts";
import {
  type Publication,
  PUBLICATION_TYPES,
  type PublicationType,
} from "../../domain/state/publication.ts";
import { parseSubscriptionId, recoveryIdOf } from "../../domain/values/ids.ts";
import type { CurrencyCode } from "../../domain/values/money.ts";
import { adviceSection } from "./webhooks/advice-doc.ts";

/** A made-up key, so that readers can verify the example's signature. */
const KEY = `whsec_${Buffer.from("an example key, never used").toString("base64")}`;

/** When an event of each type is sent. */
const WHEN: Readonly<Record<PublicationType, string>> = {
  "recovery.opened":
    "at a debt's first decline, after two reads of Dodo; never for a charge that succeeds",
  "recovery.attempt_failed": "at each further declined charge, by whoever made it",
  "recovery.action_required":
    "no further charge is planned; the customer must act, with the link in the email",
  "recovery.needs_attention":
    "the recovery waits for a person; `cause` says why. May come before `recovery.opened`",
  "recovery.recovered": "the debt was paid after a failure; `by` says how",
  "recovery.collected": "a charge requested through the API succeeded without a failure",
  "recovery.exhausted": "the debt is unpaid at the end of the recovery window",
  "recovery.cancelled": "the subscription was cancelled, expired or failed",
  "recovery.written_off": "an operator wrote the debt off",
  "recovery.nothing_owed":
    "the debt turned out not to be owed (the merchant opted out, or another debt includes it); only after `recovery.opened`",
  "recovery.advice":
    "in `MODE=advise` only, and then the only event: what your own charging should do now, or why nothing",
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

/** A webhook exactly as it is sent. */
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

/** A receiver for merchants to start from. A test runs it. */
const RECEIVER = `import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.OUTGOING_WEBHOOK_KEY);
const done = new Set(); // use a table instead: it must survive a restart

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

/** docs/WEBHOOKS.md before formatting. */
export function webhooksDoc(): string {
  const { headers, body } = exampleWebhook();
  const types = PUBLICATION_TYPES.map((type) => [`\`${type}\``, WHEN[type]]);
  const fields = Object.entries(FIELDS).map(([name, { type, isAlways, meaning }]) => [
    `\`${name}\``,
    isAlways ? type : `${type}, optional`,
    meaning,
  ]);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `# Outgoing webhooks

<!-- Made from the code by \`npm run docs\`; edit dev/docs/webhooks-doc.ts or activities/webhooks/body.ts instead. -->

Reprise sends webhooks about each debt to your own systems, for example to suspend access and restore it, to send an SMS, or to
keep statistics. Set \`OUTGOING_WEBHOOK_URL\` and \`OUTGOING_WEBHOOK_KEY\` for the worker. Without them, and in shadow mode, no
webhook is sent; in advise mode, [advice](#advice) is. Dodo's own webhooks are not affected.

A key is \`whsec_\` followed by the output of \`openssl rand -base64 32\`. With several keys, comma-separated, each webhook carries a
signature by every key, so that your server can change keys at any time.

## Events

${TEXT_TABLE([["type", "when"], ["---", "---"], ...types])}

Each debt has one \`recovery.opened\`, followed by one event for its outcome: \`recovered\`, \`exhausted\`, \`cancelled\`,
\`written_off\` or \`nothing_owed\`. A charge that never failed has only \`collected\`.

## Body

JSON with \`type\`, \`timestamp\` (RFC 3339, the time of the event) and \`data\`. It contains no name and no email address. Later
versions may add fields.

${TEXT_TABLE([["field of `data`", "type", "meaning"], ["---", "---", "---"], ...fields])}

\`\`\`http
POST /reprise HTTP/1.1
content-type: application/json
${lines.join("\n")}

${body}
\`\`\`

## What your server must do

Verify the signature as [Standard Webhooks](https://www.standardwebhooks.com) describes (there are libraries for most languages),
act once per \`webhook-id\`, and answer 2xx within 15 seconds. A complete receiver, except for your own \`sendSms\` and \`setAccess\`:

\`\`\`js
${RECEIVER}\`\`\`

${adviceSection(sample(), TEXT_TABLE)}
## Delivery

- **In order for each subscription.** A webhook waits until the one before it is delivered or abandoned. Subscriptions do not
  wait for each other. [Advice that was overtaken](#when-advice-is-overtaken) is left out.
- **At least once.** If your answer is lost, the same webhook comes again, with the same \`webhook-id\` and the same body.
- **Retried for five days**, after 5 s at first, then less and less often, at most an hour apart. A \`Retry-After\` in seconds is
  respected, up to an hour. Any status but 2xx counts as a failure. Redirects are not followed, and the body of your answer is
  not read.
- **Then abandoned, with an alert**: the operator gets an email (\`webhook_undelivered\`), and the result of the workflow
  \`delivery-<subscription_id>\` in Temporal names the missed webhooks. A 410 is abandoned at once.
- **Listed, with your answers**: \`reprise webhooks list\` and \`GET /v1/deliveries\` show each webhook with the HTTP status of every try
  (the last 20), for as long as Temporal keeps its history.
- **Sent again when you ask**: \`reprise webhooks redeliver\` and \`POST /v1/deliveries/{id}/redeliver\` send the same body and
  \`webhook-id\` with a new timestamp and signature, after what is queued for the subscription. While a webhook is still to be
  delivered, they refuse. A server that acts once per \`webhook-id\` ignores what it has.
- **Independent of the recovery**: the recovery passes the webhook to that workflow and continues. Each worker sends at most 20
  webhooks at once, from the task queue \`<TEMPORAL_TASK_QUEUE>-webhooks\`.

If you set the address later, you get the events from then on. If you remove it, the webhooks under way wait until you set it
again, within their five days.
`;
}

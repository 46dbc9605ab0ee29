import { ADVICE_FIELDS, webhookBodyOf } from "../../../activities/webhooks/body.ts";
import type { AdviceAction } from "../../../domain/advice/advice.ts";
import type { Publication } from "../../../domain/state/publication.ts";
import { attemptKeyOf, type DebtId } from "../../../domain/values/ids.ts";

/** What the merchant's systems do for each action. */
const ACTIONS: Readonly<Record<AdviceAction, string>> = {
  charge:
    "Charge the debt once, at `at` or later and before `valid_until`, for `price`, with `recovery_attempt` = `attempt_key` in the payment's metadata.",
  ask_customer:
    "Charge nothing: only the customer can pay, with another card or at your page. A message follows as `notify_customer` when it is due.",
  wait: "Charge nothing and write to nobody: a payment is open, Dodo retries by itself, the recovery is paused, or a person is asked (`cause`).",
  stop: "Charge nothing more: the debt is paid, or has ended (`outcome`).",
  notify_customer: "Write to the customer now: `notice` says about what.",
  cancel_subscription:
    "Cancel the subscription: the debt stayed unpaid, and your policy has `on_exhausted: cancel`.",
};

/** What follows from what the merchant does, and does not do. */
const CASES: readonly (readonly [string, string])[] = [
  [
    "the charge fails",
    "its decline code decides, as for a charge by Reprise: the next attempt, `ask_customer`, or a person is asked",
  ],
  ["the charge is open", "`wait`, until it has ended"],
  ["it is made before `at`, or after `valid_until`", "it is the attempt all the same"],
  [
    "two charges carry one key",
    "the first is the attempt. A second failure counts as none; a second success pays the debt, " +
      "and after a first success it is reported (`overcharged`)",
  ],
  ["it collects less than `price`", "a person is asked (`unattributed_success`)"],
  [
    "a charge carries no key, or one that was not advised",
    "`foreign_charges` of the policy decides; by default a person is asked (`second_debt`, `unattributed_success`)",
  ],
  [
    "no charge comes until `valid_until`",
    "Dodo is read. The attempt is advised again for a later day, under the same key; " +
      "after three times a person is asked (`advice_not_taken`)",
  ],
  ["the webhook of your charge is lost", "that read finds the charge"],
];

/** A receiver for merchants to start from. A test runs it. */
const RECEIVER = `import DodoPayments from "dodopayments";
import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.OUTGOING_WEBHOOK_KEY);
const dodo = new DodoPayments({ maxRetries: 0 }); // a charge is never sent twice
// Use tables instead: they must survive a restart.
const standing = new Map(); // by debt: the newest of charge, ask_customer, wait and stop
const charged = new Set(); // attempt keys, unique
const done = new Set(); // webhook ids

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
  if (event.type === "recovery.advice" && !done.has(id)) await take(event.data, event.timestamp);
  done.add(id);
  response.writeHead(204).end();
}).listen(process.env.PORT);

const isOver = (instant) => instant !== null && Date.now() >= Date.parse(instant);

async function take(data, timestamp) {
  const { action, notice, valid_until } = data.advice;
  if (isOver(valid_until)) return;
  if (action === "notify_customer") return await sendMessage(data.customer_id, notice);
  if (action === "cancel_subscription") return await cancel(data.subscription_id);
  const known = standing.get(data.debt_id);
  // If both have the same time, the later arrival is newer.
  if (known === undefined || known.timestamp <= timestamp) standing.set(data.debt_id, { timestamp, data });
}

/** Call it every minute. */
async function chargeWhatIsDue() {
  for (const { data } of standing.values()) {
    const { action, at, attempt_key, valid_until, price } = data.advice;
    if (action !== "charge" || Date.now() < Date.parse(at) || isOver(valid_until)) continue;
    if (charged.has(attempt_key)) continue;
    // First, so that a charge whose answer is lost is not sent again.
    charged.add(attempt_key);
    await dodo.subscriptions.charge(data.subscription_id, {
      product_price: price,
      metadata: { recovery_attempt: attempt_key },
    });
  }
}
setInterval(() => void chargeWhatIsDue().catch(console.error), Number(process.env.EVERY_MS ?? 60_000));
`;

/** Advice as an example. @param opened another webhook about the same debt */
export function sampleAdvice(opened: Publication): Publication {
  const attemptKey = attemptKeyOf((opened.debtId ?? "") as DebtId, 2);
  const at = opened.nextAttemptAt ?? opened.at;
  return {
    ...opened,
    type: "recovery.advice",
    advice: {
      action: "charge",
      at,
      rule: "schedule.next",
      reason: "attempt 1 was declined: INSUFFICIENT_FUNDS, which may be temporary",
      attemptKey,
      validUntil: at + 24 * 3_600_000,
      priceMinor: 2_900,
    },
  };
}

/** The section "Advice" of docs/WEBHOOKS.md. */
export function adviceSection(
  opened: Publication,
  table: (rows: readonly (readonly string[])[]) => string,
): string {
  const actions = Object.entries(ACTIONS).map(([action, does]) => [`\`${action}\``, does]);
  const fields = Object.entries(ADVICE_FIELDS).map(([name, { type, isAlways, meaning }]) => [
    `\`${name}\``,
    isAlways ? type : `${type}, optional`,
    meaning,
  ]);
  return `## Advice

With \`MODE=advise\` Reprise decides and sends nothing to Dodo or to customers. Your own code charges, and each decision that it has to
act on, or that says why nothing happens, goes out as \`recovery.advice\` within seconds. No other event is sent then. It is about
on-demand subscriptions: Dodo retries scheduled ones by itself, which is advised as \`wait\`. Requested charges and mandates are refused,
and one-time payments are followed without advice.

${table([["action", "what to do"], ["---", "---"], ...actions])}

${table([["field of `data.advice`", "type", "meaning"], ["---", "---", "---"], ...fields])}

\`\`\`json
${JSON.stringify(webhookBodyOf(sampleAdvice(opened)), null, 2)}
\`\`\`

[schemas/webhook-advice.json](schemas/webhook-advice.json) is its JSON Schema.

### Which charge is which attempt

A charge of this debt whose payment has \`recovery_attempt\` = \`attempt_key\` in its metadata is that attempt, and the schedule goes on from
its result. Put the key into the metadata of one charge only, and do not copy metadata from an earlier attempt.

${table([["what happens", "what follows"], ["---", "---"], ...CASES])}

### When advice is overtaken

Act on the newest of \`charge\`, \`ask_customer\`, \`wait\` and \`stop\` for a debt, by \`timestamp\`, and on nothing from its \`valid_until\` on. \`wait\`
and \`stop\` also end a \`notify_customer\` that came before.

- Newer advice that overtakes one that still waits, or is being tried, is delivered in its place. So a server that was down gets what
  holds now, and not what held then.
- Advice that could not be delivered until its \`valid_until\` is abandoned with an alert (\`webhook_undelivered\`), and a charge is advised
  again as above.
- \`reprise webhooks redeliver\` and \`POST /v1/deliveries/{id}/redeliver\` answer 409 (\`advice_overtaken\`) for advice that was overtaken
  by a newer decision, by the end of its debt or by its time.

### A receiver that charges

Complete except for your own \`sendMessage\` and \`cancel\`:

\`\`\`js
${RECEIVER}\`\`\`
`;
}

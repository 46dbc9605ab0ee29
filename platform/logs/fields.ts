/** The values of a field, and what bounds them. */
export type FieldValues = {
  /** Of Reprise, Dodo or Temporal; at most 200 characters. */
  readonly id: string;
  /** One of a fixed list, or a code. */
  readonly word: string;
  readonly ids: readonly string[];
  readonly words: readonly string[];
  /** A sentence of ours; at most 500 characters. */
  readonly text: string;
  readonly number: number;
  readonly flag: boolean;
  /** Shown by its class, its codes and where it was thrown; its text only where it is ours. */
  readonly error: unknown;
};

type FieldRow = { readonly kind: keyof FieldValues; readonly means: string };

const field = <const Kind extends keyof FieldValues>(
  kind: Kind,
  means: string,
): { readonly kind: Kind; readonly means: string } => ({ kind, means });

/** Every field of a log line, beside `level`, `time`, `process`, `event` and `msg`. A name has one meaning in all lines. */
export const FIELDS = {
  recoveryId: field("id", "The recovery, as its workflow is named: `recovery-<subscription_id>`."),
  subscriptionId: field("id", "Dodo's subscription."),
  debtId: field("id", "The debt within the recovery."),
  paymentId: field("id", "Dodo's payment."),
  attempt: field("id", "The key of an attempt, as `recovery_attempt` in its payment's metadata."),
  webhookId: field(
    "id",
    "`webhook-id` of a webhook of Dodo's. Dodo repeats it with each delivery.",
  ),
  requestId: field(
    "id",
    "A request: the gateway's, as `x-request-id` of the answer, or the update's in Temporal; in a line about Dodo, Dodo's.",
  ),
  chargeId: field("id", "A requested charge."),
  importId: field("id", "The import, as its workflow is named."),
  mandateId: field("id", "A requested mandate."),
  deliveryId: field("id", "`webhook-id` of an outgoing webhook, the same with each try."),
  messageId: field("id", "`Message-ID` of a mail, the same with each try."),
  workflowId: field("id", "The workflow, where it is not a recovery."),
  businessId: field("id", "The business at Dodo."),
  recorded: field("id", "The business or the mode that the namespace belongs to."),
  opened: field("ids", "Subscriptions whose recovery was opened."),
  notified: field("ids", "Subscriptions whose open recovery was told of a success."),
  by: field(
    "word",
    "The name of the operator's key, as the record shows it; or who the update names.",
  ),
  action: field(
    "word",
    "What an operator asks for: the route of the API without its ids, or the command.",
  ),
  result: field("word", "What came of it."),
  status: field("number", "HTTP status."),
  code: field("word", "Dodo's error code."),
  httpStatus: field("number", "HTTP status of Dodo's answer."),
  method: field("word", "HTTP method."),
  path: field("text", "The path of a request to Dodo, without the query."),
  route: field("word", "The route of a request to Dodo, without ids."),
  said: field(
    "text",
    "The words of Dodo's message that its documentation has; each other one is `…`.",
  ),
  seconds: field("number", "How long it took."),
  on: field("word", "The kind of the event that was decided on."),
  type: field("word", "The type of a webhook, of Dodo's or ours."),
  kind: field("word", "What a webhook reports of a one-time payment."),
  rule: field("word", "The rule that decided ([RULES.md](RULES.md))."),
  reason: field("text", "Why."),
  state: field("word", "The recovery's state afterwards ([STATES.md](STATES.md))."),
  effects: field("words", "What the decision starts."),
  number: field("number", "The number of the attempt; the first retry is 2."),
  amountMinor: field("number", "In the currency's smallest unit, without the tax that Dodo adds."),
  currency: field("word", "ISO 4217."),
  via: field("word", "`charge`, or `manual_retry` of a scheduled subscription."),
  why: field("word", "Why it was not done."),
  adopted: field("flag", "An earlier payment with the same key was found, so nothing was sent."),
  notice: field("word", "The kind of the notice ([NOTICES.md](NOTICES.md))."),
  key: field("id", "The notice within its debt."),
  cause: field("word", "The cause of an alert ([RULES.md](RULES.md))."),
  count: field("number", "How many reports the mail is about."),
  publications: field("number", "How many outgoing webhooks."),
  isFinal: field("flag", "It is not tried again."),
  scan: field("word", "The list that is swept."),
  scans: field("words", "The lists that are swept."),
  page: field("number", "The page of the list, from 0."),
  rows: field("number", "The rows of the page."),
  listed: field("number", "Debts that are left to a person."),
  deferred: field("number", "Debts that are left to the next sweep."),
  checkouts: field("number", "One-time payments whose recovery was started."),
  isStopped: field("flag", "The recovery sends no more reminders."),
  skewSeconds: field(
    "number",
    "How much later the webhook was signed than this machine's clock says.",
  ),
  answer: field("text", "Dodo's code, HTTP status and request id."),
  refusal: field("text", "The mail server's code and stage."),
  seenIn: field("word", "Where another business was seen: `webhook` or `api_key`."),
  detail: field("text", "What went wrong; nothing that Dodo, a mail server or a receiver wrote."),
  err: field("error", "An error."),
  error: field("error", "An error."),
  signal: field("word", "The signal that ends the process."),
  host: field("text", "The address to listen on."),
  port: field("number", "The port to listen on."),
  address: field("text", "An address of this installation."),
  namespace: field("text", "Temporal's namespace."),
  taskQueue: field("text", "Temporal's task queue."),
  schedule: field("id", "A schedule in Temporal."),
  serverVersion: field("word", "Temporal's version."),
  mode: field(
    "word",
    "`act`, `shadow` or `advise`; of a schedule or a namespace, `test_mode` or `live_mode`.",
  ),
  environment: field("word", "`test_mode` or `live_mode`."),
  what: field("word", "What does not fit."),
  names: field("words", "Search attributes."),
  metrics: field("words", "Metrics."),
  retentionDays: field("number", "The namespace's retention."),
  neededDays: field("number", "The retention that the policy asks for."),
  perSecond: field("number", "Charges of one customer."),
  lines: field("number", "Lines that are missing."),
} as const satisfies Readonly<Record<string, FieldRow>>;

export type FieldName = keyof typeof FIELDS;

export type ValueOf<Name extends FieldName> = FieldValues[(typeof FIELDS)[Name]["kind"]];

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { VARIABLES } from "../../config/variables.ts";
import { DECLINE_CODES } from "../../dodo/decline-codes.ts";
import { ERROR_CLASSES } from "../../dodo/error-classes.ts";
import { REFUSALS } from "../../dodo/refusals.ts";
import { CHECKOUT_RULES } from "../../domain/checkout/checkout-rules.ts";
import { HANDLING } from "../../domain/declines/handling.ts";
import { MANDATE_RULES } from "../../domain/mandate/mandate-rules.ts";
import { RULES } from "../../domain/rules.ts";
import { ATTENTION_CAUSES } from "../../domain/state/attention.ts";
import { TEXTS } from "../../platform/customer/texts/index.ts";
import { COMPILED, compiledMailTemplate } from "./mail-template.ts";
import { MAILS_ARRIVE } from "./mails-arrive-doc.ts";
import { statesTable } from "./states-table.ts";
import { webhooksDoc } from "./webhooks-doc.ts";

/** Documents that are made from the code; a test says when they are out of date. `npm run docs` writes them. */
export async function generatedDocs(): Promise<Readonly<Record<string, string>>> {
  const documents = {
    "docs/CONFIGURATION.md": configuration(),
    "docs/ERRORS.md": errors(),
    "docs/NOTICES.md": notices(),
    "docs/RULES.md": rules(),
    "docs/STATES.md": await states(),
    "docs/WEBHOOKS.md": webhooksDoc(),
  };
  const formatted = Object.entries(documents).map(
    async ([path, text]) => [path, await format(text, { parser: "markdown" })] as const,
  );
  return {
    ...Object.fromEntries(await Promise.all(formatted)),
    ".env.example": envExample(),
    [COMPILED]: compiledMailTemplate(),
  };
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

async function states(): Promise<string> {
  const { head, rows } = await statesTable();
  return `# States and events

<!-- Made from the code by \`npm run docs\`: each cell is what \`decide\` answers. Edit domain/ instead. -->

What a recovery does about an event, by the state it is in: the rule that decides (docs/RULES.md says what it means and
who says so), and the state it leads to where that is another one. Each cell is the answer for a typical recovery in
that state, with the built-in policy; \`–\` where the event cannot come. A webhook is a hint, so that most of them
lead to a read; what the read finds decides. test/domain/scenarios/matrix.test.ts asks every state about every event in every
status, and that no answer is unlawful.

${table(head, rows)}
`;
}

function errors(): string {
  const classes = Object.entries(ERROR_CLASSES).map(([name, { seen, money, leadsTo }]) => [
    `\`${name}\``,
    seen,
    money,
    leadsTo,
  ]);
  const codes = Object.entries(REFUSALS).map(([code, { errorClass, meaning }]) => [
    `\`${code}\``,
    `\`${errorClass}\``,
    meaning === null ? "" : `\`${meaning}\``,
  ]);
  return `# Errors of a charge

<!-- Made from the code by \`npm run docs\`; edit dodo/error-classes.ts and dodo/refusals.ts instead. -->

Every answer of Dodo, and every exception of its SDK, is taken in one of the classes of Stripe's guide to errors. What
matters is the money: \`certain\` = nothing was charged, \`open\` = it may have been, \`settled\` = the payment itself has
ended.

${table(["class", "how it is seen", "money", "what follows"], classes)}

Where Dodo names a code, the code decides, whatever the HTTP status:

${table(["code", "class", "meaning"], codes)}

A request that certainly never left (no such host, connection refused, no route, no connection in time) leaves the
attempt due, and needs no fence. test/dodo/errors.test.ts holds the table against the SDK's own classes.
`;
}

function configuration(): string {
  const rows = VARIABLES.map(({ name, readBy, required, fallback, meaning, isSupported }) => [
    `\`${name}\``,
    readBy.length === 2 ? "both" : (readBy[0] ?? ""),
    required ? "required" : fallback === null ? "–" : `\`${fallback}\``,
    isSupported ? meaning : `${meaning} Not supported yet: refused at start.`,
  ]);
  return `# Configuration

<!-- Made from the code by \`npm run docs\`; edit config/variables.ts instead. -->

Reprise reads its environment once, at start. If a value is missing or malformed, the process exits with code 78 and
prints one line per problem, never with the value of a secret. \`.env.example\` lists every supported variable.

## Environment

${table(["variable", "process", "default", "meaning"], rows)}

## Policy

The policy is a YAML file, named by \`RECOVERY_POLICY\`. Durations are \`<n>s|m|h|d\`. Keys that the file leaves out have
the values below. An unknown key, a wrong type or a contradiction is an error that names the key. A recovery keeps the
policy in force when it opens: editing the file does not change open recoveries.

\`\`\`yaml
retry:
  gaps: [3d, 7d, 7d] # after attempt 1, the charge that failed
  transient_gap: 24h # the first gap after a transient code
  align: authorization_time # or: none (due exactly its gap after the previous attempt's start)
  repeated_code_limit: 3 # so many declines with the same code in a row stop the schedule
  settle: 24h # how long a charge with unknown outcome must be absent at Dodo before it is sent again
  settle_reads: 4 # and in at least so many reads
  outcome_deadline: 72h # an accepted payment that is still open after this needs attention
  follow_up: [1m, 10m, 1h, 6h, 12h] # gaps between reads of an accepted payment; the last repeats
  after_method_change: 1h # a changed payment method is charged once, after this delay
notices:
  first_soft: 2h # after a soft decline
  before_attempt: 24h # before each retry (0s: none)
  hard: [0s, 3d, 7d, 14d] # counted from the decline or the schedule's end; all before the window's quiet end
  per_customer_week: 5 # at most so many per customer in seven days, across subscriptions; further ones wait
  recovered: true # a thank-you once the debt is paid
opening_reread: 10s # delay of the second read of Dodo, before the first notice or charge
window: 30d # how long a debt is recovered
quiet_end: 72h # no attempt starts in this last part of the window
on_exhausted: leave # or: cancel (the subscription, at the end of the window)
foreign_charges: ask # for a payment made elsewhere; or: same_debt, new_debt
debt_key: null # or the key in a payment's metadata that identifies its debt, such as invoice_id
scheduled_subscriptions: observe # leaves the debt to Dodo's own retries; or: manage (notices, and Dodo's manual retry)
max_debt_age: 7d # the sweep opens younger debts and only lists older ones
max_opened_per_sweep: 200 # limits how many customers get a mail in the first hour; later sweeps open the rest
one_time_payments: ignore # or: notify (mails about a payment that was not completed)
codes: {} # overrides the handling of a decline code, e.g. GENERIC_DECLINE: customer
\`\`\`
`;
}

type RuleRows = Readonly<Record<string, { readonly says: string; readonly source: string }>>;

const ruleTable = (rows: RuleRows): string =>
  table(
    ["rule", "says", "source"],
    Object.entries(rows).map(([id, { says, source }]) => [`\`${id}\``, says, source]),
  );

function rules(): string {
  const causeRows = Object.entries(ATTENTION_CAUSES).map(([cause, { text, advice }]) => [
    `\`${cause}\``,
    text,
    advice,
  ]);
  const dodosNotes = new Map(DECLINE_CODES.map(({ code, note }) => [code, note]));
  const codeRows = HANDLING.map(({ code, declineClass, handling, transient, masked, note }) => [
    `\`${code}\``,
    declineClass,
    handling,
    transient ? "yes" : "",
    masked ? "yes" : "",
    [dodosNotes.get(code) ?? "", note].filter((text) => text !== "").join(". "),
  ]);
  return `# Rules

<!-- Made from the code by \`npm run docs\`; edit domain/ instead. -->

Every decision names the rule that made it. A recovery's timeline, in the Temporal Web UI, shows the name; this is
what it says, and whose it is: Dodo's, with the page of its documentation, or ours, with the reason. Which rule answers
which event in which state: docs/STATES.md.

${ruleTable(RULES)}

## One-time payments

With \`one_time_payments: notify\`, a payment without a subscription that was declined, left, or not confirmed with the
bank is followed by its own workflow, \`checkout-<payment_id>\`: a mail an hour after it was made, one reminder in its
twentieth hour, and a last look. It links to Dodo's own page of that payment; nothing is ever charged.

${ruleTable(CHECKOUT_RULES)}

## Mandates

A mandate that was asked of us is followed by its own workflow, \`mandate-<sha256 of the key>\`, from Dodo's checkout to
the active subscription. Nothing is charged by us.

${ruleTable(MANDATE_RULES)}

## What needs a person

${table(["cause", "what it is", "what to do"], causeRows)}

## Decline codes

Dodo's 44 codes with its own class, and what Reprise does about each: \`retry\` by the schedule · \`customer\` is asked ·
\`merchant\` is told, the customer is not troubled · \`never\` charges this card again. An unknown code is handled as
\`customer\`, and the operator is told. Source: docs.dodopayments.com/api-reference/transaction-failures.

${table(["code", "class", "handling", "transient", "masked", "note"], codeRows)}
`;
}

function notices(): string {
  const rows = Object.entries(TEXTS["en"] ?? {}).map(([key, text]) => [`\`${key}\``, text]);
  const languages = Object.keys(TEXTS).map((language) => `\`${language}\``);
  return `# Notices

<!-- Made from the code by \`npm run docs\`; edit platform/customer/texts/ or dev/docs/write-docs.ts instead. -->

What a customer reads, in mails and on the page. Look at all of it, in every language and with your own brand:

\`\`\`sh
npm run notices -- preview
\`\`\`

## When

| mail | sent | says |
| --- | --- | --- |
| \`payment_failed\` | after the first soft decline (\`notices.first_soft\`) | what happened, when it is tried again |
| \`retry_ahead\` | ahead of each retry (\`notices.before_attempt\`) | when it is tried again |
| \`action_needed\`, first | after a decline that only the customer can mend, or at the schedule's end | why, and until when to pay |
| \`action_needed\`, reminder and last | at the other times of \`notices.hard\` | until when; the last one what follows |
| \`recovered\` | once it is paid, to those who had a mail before (\`notices.recovered\`) | thanks |
| \`cancelled\` | once \`on_exhausted: cancel\` has cancelled the subscription | that, and that nothing more is charged |

Each names the amount as the customer knows it, and the card by brand and last four. No mail names a decline code, and the
mails of a stolen, lost, picked-up or fraudulent card are those of any declined card, byte for byte: Dodo asks for that.
Before each, Dodo is read again. Nothing in a mail is fetched from elsewhere, so that nobody learns who opens it.

## In which language and at which hours

The first that names a language there is: \`reprise_language\` in the subscription's metadata, then in the customer's (a BCP 47
tag such as \`fr\` or \`pt-BR\`) · the most likely language of the billing country, by CLDR, or by \`language_of_country\` · the
brand's \`language\`. The page takes the mail's, then the browser's. Times are in \`reprise_timezone\` (metadata, such as
\`America/Denver\`), then the billing country's where it has but one, else in UTC; the zone is always named.

${MAILS_ARRIVE}

## Brand

\`BRAND_DIR\` names a folder with \`brand.yaml\`, read once at start by both processes. What cannot be used stops them (exit
code 78) with the file and the key.

\`\`\`yaml
name: Lumen Press # heads the mails and the page
color: "#7a2e8e" # of buttons; their words turn black or white, whichever reads better
logo: logo.png # in this folder: PNG, JPEG or GIF of at most 100 kB, shown 40 pixels high, sent inside the mail
sender_name: Lumen Press Billing # instead of the name in EMAIL_FROM
reply_to: help@lumen.example
bcc: support@lumen.example # gets a copy of every notice
address: [Lumen Press Ltd., 12 Quay Street, Dublin 1]
support: help@lumen.example # or an address with https
language: en
language_of_country: { IN: en }
\`\`\`

All keys may be left out. \`texts/<language>.yaml\` in the folder puts your words in place of ours, a line for each
(\`button.pay: "Pay securely"\`); a language that is not among ${languages.join(", ")} is added by a file with all of them.
Texts are [ICU MessageFormat](https://unicode-org.github.io/icu/userguide/format_parse/messages/) with the placeholders below.

## Texts

${table(["key", "English"], rows)}
`;
}

function envExample(): string {
  const lines = VARIABLES.filter(
    ({ isSupported, name }) => isSupported && !name.endsWith("…"),
  ).flatMap(({ name, meaning, fallback, required, readBy }) => [
    `# ${meaning} (${readBy.join(", ")})`,
    required ? `${name}=` : `# ${name}=${fallback ?? ""}`,
    "",
  ]);
  return `# Made from the code by \`npm run docs\`. Copy to .env and fill in the lines that are not commented out.\n\n${lines.join("\n")}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of Object.entries(await generatedDocs())) writeFileSync(path, text);
}

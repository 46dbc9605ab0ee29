/** The part of docs/NOTICES.md about delivery: how often an email arrives, and how many a customer gets. */
export const NOTICE_DELIVERY = `## Sent once

A notice has one key within its debt. Its \`Message-ID\` is derived from the key, so each try has the same one. If the mail server
does not answer, drops the connection or answers 4xx, Temporal retries: after one second at first, then less and less often, at
most an hour apart, for three days. Each try reads Dodo and writes the email anew. The rest of the recovery continues in the
meantime; only the announcement of an attempt delays that attempt ([RECOVERY.md](RECOVERY.md#notices)). A notice that names the day
of an attempt is tried until the next notice or the attempt is due. If its worker dies, an email goes again within 15 seconds.

A permanent refusal (5xx) is the recipient's fault or the sender's. The enhanced status code (RFC 3463) decides, else the stage:

| refusal | fault | what happens |
| --- | --- | --- |
| at the greeting, EHLO, sign-in, MAIL FROM or DATA | sender's | tried again, as after 4xx |
| 5.7.x, 5.1.7, 5.1.8, 5.1.90, 5.2.252, 5.4.5 | sender's | tried again |
| 5.1.1 to 5.1.4, 5.1.6, 5.1.10, 5.2.1, 5.2.2, at RCPT TO or at the end of the message | recipient's | final |
| 501, 550 to 553 or 556 at RCPT TO, without such a code | recipient's | final |
| any other at RCPT TO or at the end of the message | sender's | tried again |

The operator gets an alert in both cases: \`sender_refused\` once, until an email has passed again, and \`notice_undeliverable\` for
each recovery. A notice that was not sent in time is recorded as \`notice.unsent\`.

An email has exactly one recipient. If Dodo has a list, a group or line breaks instead of one plain address, nobody is written to,
and the notice counts as undeliverable. The greeting uses the customer's name only if it looks like one: at most 40 letters, marks,
spaces, periods, apostrophes and hyphens.

SMTP gives no stronger guarantee. If the server accepted the email and its answer was lost, or the worker died at that moment, the
sender cannot know, and the email is sent again under the same \`Message-ID\`. Many servers and clients drop the second copy. Two
hundred notices from two hundred recoveries, each through a server that shows one fault at the first try, counted by what arrived:

| first try | notices | arrived once | twice | never |
| --- | --- | --- | --- | --- |
| accepted | 20 | 20 | – | – |
| rejected temporarily (451 or 421) | 40 | 40 | – | – |
| rejected for the address (550 5.1.1) | 20 | – | – | 20, each recorded as undeliverable |
| rejected for the sender (554) | 20 | 20 | – | – |
| connection dropped in the middle of the message | 20 | 20 | – | – |
| discarded without an answer | 20 | 20 | – | – |
| slow | 20 | 20 | – | – |
| accepted, then connection dropped | 20 | – | 20, under one \`Message-ID\` each | – |
| accepted without an answer | 20 | – | 20, under one \`Message-ID\` each | – |

Measured by \`npx vitest run --config vitest.long.config.ts test/long/flaky-smtp\`, which fails if a row differs.

## Weekly limit

A customer gets at most \`notices.per_customer_week\` notices in any seven days, across subscriptions. Thank-you emails and
cancellation emails do not count and are always sent. A notice above the limit waits, and is dropped if its reason has passed by
then. The recovery records this (\`notice.deferred\`), and no charge waits for it. The workflow \`notices-<customer_id>\` keeps the
count; the activity that sends a notice asks it last. If the workflow does not answer within 20 s, the notice is retried like one
that the mail server did not answer. While the customer is on the payment page no notice is sent. Of several debts of one
subscription only the current one leads to emails.

At a first start the sweep may find a week of failures. It opens \`max_opened_per_sweep\` recoveries an hour, so no more customers
than that get an email in an hour.

Each email that asks the customer to pay has a one-click \`List-Unsubscribe\` (RFC 8058). It stops the reminders of that debt:
announcements of retries, reminders, and the last one. The customer still gets emails with news: another reason, the payment, the
cancellation.

## Emails to the operator

\`OPERATOR_EMAIL\` gets at most one email an hour per cause (docs/RULES.md), across all recoveries and workers. The first report is
sent at once. Reports within the next hour are collected in one email, which counts them and names twenty. The workflow
\`alerts-<TEMPORAL_TASK_QUEUE>-<cause>\` keeps the reports, also while the mail server is down. A subject begins with
"Reprise needs you" only where something stands still until a person acts, otherwise with "For your information". It names the customer
of the first report, whom the email's activity reads from Dodo, or the subscription where that takes longer than five seconds. With
\`TEMPORAL_UI_URL\` each email links to the workflow it is about, else to its address in the operator API.`;

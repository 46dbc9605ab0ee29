/** Of docs/NOTICES.md: how far a mail is sent once, and how often one is sent at all. */
export const MAILS_ARRIVE = `## Sent once

A notice has one key within its debt, and its \`Message-ID\` is made of that key: the same at each try. A try that meets no answer,
a lost connection or a 4xx is made again by Temporal, at first after a second, then ever less often, at most an hour apart, for
three days; what is due meanwhile is not held up, and no charge ever waits for a mail. A 5xx to the message is final: the
recovery's record says so, the operator is told (\`undeliverable\`), and the recovery goes on.

SMTP gives no more: where the server took the mail and its answer was lost, or the worker died in that moment, nobody can know, and
the mail goes again under the same \`Message-ID\`, by which many servers and clients drop the second copy. Two hundred notices from two hundred
recoveries, each through a server that treats its first try like this, counted by what arrived:

| the server | notices | arrived once | twice | never |
| --- | --- | --- | --- | --- |
| took it | 23 | 23 | – | – |
| 451, or 421 | 45 | 45 | – | – |
| 550 | 22 | – | – | 22, each recorded as undeliverable |
| ended the connection in the middle of the message | 22 | 22 | – | – |
| gave no answer and did not take it | 22 | 22 | – | – |
| was slow | 22 | 22 | – | – |
| took it and ended the connection | 22 | – | 22, under one \`Message-ID\` each | – |
| took it and gave no answer | 22 | – | 22, under one \`Message-ID\` each | – |

Made by \`npx vitest run --config vitest.long.config.ts test/long/flaky-smtp\`, which fails where a row differs.

## Not too much

A customer has at most \`notices.per_customer_week\` notices in any seven days, across subscriptions; thanks, and that it is over, are not
counted and always come. One that is too many waits until there is room, and is not sent at all where it has lost its reason by then; the
recovery's record says so (\`notice.deferred\`), and no charge waits for it. The count is the workflow \`notices-<customer_id>\`; the
activity that sends asks it last of all. Where it gives no answer within 20 s the notice is tried again, as where the mail
server gives none. While the customer is on the hosted page nothing is written, and of several debts of a
subscription one is worked, and written about, at a time.

At a first start the sweep may find the failures of a week: it opens \`max_opened_per_sweep\` recoveries an hour, and writes to no
more customers than that.

Each mail that asks for something carries \`List-Unsubscribe\` with one press (RFC 8058). It stops the reminders of that debt:
no announcement of a retry, no reminder, no last chance. What is new is still told: another reason, that it is paid, that it is over.

## Mails to the operator

\`OPERATOR_EMAIL\` has one mail an hour at most for each cause (docs/RULES.md), across all recoveries and workers: the first report at once, what
follows within the hour in one mail after it that counts it and names twenty. The workflow \`alerts-<TEMPORAL_TASK_QUEUE>-<cause>\` keeps
the count, and loses none while the mail server is down. With \`TEMPORAL_UI_URL\` each mail links to what it is about.`;

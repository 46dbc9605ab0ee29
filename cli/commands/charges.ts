import { type Command, InvalidArgumentError, Option } from "commander";
import { MAXIMUM_MINOR } from "../../domain/limits.ts";
import type { SubscriptionId } from "../../domain/values/ids.ts";
import { visibleIn } from "../../domain/values/visible-text.ts";
import {
  chargeAnswer,
  type ChargingAnswer,
  chargingAnswer,
  sweepAnswer,
} from "../gateway/answers.ts";
import { patiently } from "../gateway/api.ts";
import { createProgress } from "../run/progress.ts";
import { confirm, type Session } from "../run/session.ts";
import { amountText, instantText } from "../text/values.ts";
import { apiOf } from "./api-session.ts";
import { addExamples } from "./examples.ts";
import { subscriptionArgument } from "./recoveries.ts";
import type { Runner } from "./runner.ts";

type ChargeOptions = {
  readonly amount: number;
  readonly idempotencyKey: string;
  readonly currency?: string;
  readonly description?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly yes?: boolean;
};

/** The API answers that a charge is not decided yet; it soon is. */
const DECIDED_WITHIN_MS = 30_000;

/** `charge`, `charging stop`, `charging resume`, `charging status`, `sweep`. */
export function addChargeCommands(program: Command, { run }: Runner): void {
  const charge = program
    .command("charge")
    .description("Charge an on-demand subscription once")
    .addArgument(subscriptionArgument())
    .addOption(
      new Option("--amount <n>", "in the smallest unit, such as cents, without added tax")
        .argParser(amountOf)
        .makeOptionMandatory(),
    )
    .requiredOption("--idempotency-key <key>", "the same key charges once", keyOf)
    .option("--currency <code>", "by default the subscription's; no other is taken", currencyOf)
    .option("--description <text>", "what it is for")
    .option("--metadata <key=value>", "of the payment; may be repeated", addPair)
    .option("--yes", "do not ask for confirmation")
    .action(run(chargeSubscription));
  addExamples(charge, [
    ["charge sub_123 --amount 2900 --idempotency-key invoice-7", "Charge 29.00"],
  ]);
  const charging = program
    .command("charging")
    .description("Stop and resume all charges")
    .helpCommand(false);
  addExamples(
    charging
      .command("stop")
      .description("Stop all charges, until they are resumed")
      .requiredOption("--reason <text>", "your reason, shown in Temporal and by status")
      .option("--yes", "do not ask for confirmation")
      .action(run(stopCharging)),
    [["charging stop --reason 'the bank is down'", "Hold every attempt in the queue"]],
  );
  addExamples(
    charging.command("resume").description("Resume charges").action(run(resumeCharging)),
    [["charging resume", "Send the attempts that waited"]],
  );
  addExamples(
    charging
      .command("status")
      .description("Show whether charging is stopped, and why")
      .action(run(showCharging)),
    [["charging status --json", "The same as JSON"]],
  );
  addExamples(
    program
      .command("sweep")
      .description("Search Dodo for failures without a webhook")
      .action(run(startSweep)),
    [["sweep", "Start the hourly sweep now"]],
  );
}

function amountOf(text: string): number {
  const amount = /^\d{1,12}$/.test(text) ? Number(text) : 0;
  if (amount < 1 || amount > MAXIMUM_MINOR)
    throw new InvalidArgumentError("Expected a whole number in the smallest unit: 2900 for 29.00.");
  return amount;
}

function keyOf(text: string): string {
  if (!/^[\u0021-\u007e]{1,255}$/.test(text))
    throw new InvalidArgumentError("Expected 1 to 255 visible ASCII characters without spaces.");
  return text;
}

function currencyOf(text: string): string {
  if (!/^[A-Z]{3}$/.test(text)) throw new InvalidArgumentError("Expected a code such as USD.");
  return text;
}

function addPair(
  text: string,
  others: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined)
    throw new InvalidArgumentError("Expected key=value.");
  return { ...others, [key]: value };
}

async function chargeSubscription(
  session: Session,
  options: ChargeOptions,
  subscriptionId: SubscriptionId,
): Promise<void> {
  const { amount, idempotencyKey, currency, description, metadata } = options;
  const api = apiOf(session);
  const shown =
    amountText(amount, currency ?? null) ??
    `${amount} (in the smallest unit of the subscription's currency)`;
  await confirm(session, options.yes, `This charges ${subscriptionId} ${shown}.`);
  const body = {
    amount,
    ...(currency === undefined ? {} : { currency }),
    ...(description === undefined ? {} : { description }),
    ...(metadata === undefined ? {} : { metadata }),
  };
  const progress = createProgress(session.shell.stderr, "charges decided", 1);
  const accepted = await patiently(
    () =>
      api.post(`/subscriptions/${subscriptionId}/charges`, chargeAnswer, {
        body,
        headers: { "idempotency-key": idempotencyKey },
        ifLost: "Repeat the same command: its key makes it one charge.",
      }),
    { limitMs: DECIDED_WITHIN_MS, onWait: () => progress.at(0) },
  ).finally(progress.end);
  session.print(accepted, () =>
    [
      `The charge is accepted: ${visibleIn(accepted).charge_id}`,
      `Follow it: reprise show ${subscriptionId}`,
    ].join("\n"),
  );
}

const SEE_STATUS = "See how it stands: reprise charging status";

async function stopCharging(
  session: Session,
  { reason, yes }: { readonly reason: string; readonly yes?: boolean },
): Promise<void> {
  const api = apiOf(session);
  await confirm(session, yes, "This stops every charge, of all customers, until it is resumed.");
  const send = { body: { reason }, ifLost: SEE_STATUS };
  printCharging(session, await api.post("/charging/stop", chargingAnswer, send));
}

async function resumeCharging(session: Session): Promise<void> {
  const send = { ifLost: SEE_STATUS };
  printCharging(session, await apiOf(session).post("/charging/resume", chargingAnswer, send));
}

async function showCharging(session: Session): Promise<void> {
  printCharging(session, await apiOf(session).get("/charging", chargingAnswer));
}

function printCharging(session: Session, charging: ChargingAnswer): void {
  session.print(charging, () => chargingText(visibleIn(charging), session));
}

function chargingText(charging: ChargingAnswer, { paint }: Session): string {
  const { stopped, reason, by, since, limit_per_second: limit } = charging;
  if (!stopped) {
    const rate = limit === null ? "" : `, at most ${limit} a second`;
    return `${paint("green", "Charging runs")}${rate}.`;
  }
  const head = paint("yellow", "Charging is stopped");
  const when = since === null ? "" : ` since ${instantText(since)}`;
  // The gateway writes the key's name before the reason that an operator gave.
  const isNamed = by === null || reason?.startsWith(`${by}: `) === true;
  const who = isNamed ? "" : ` by ${by}`;
  return [`${head}${when}${who}: ${reason ?? ""}`, "Resume it: reprise charging resume"].join("\n");
}

async function startSweep(session: Session): Promise<void> {
  const send = { ifLost: "A sweep may be repeated." };
  const started = await apiOf(session).post("/sweep", sweepAnswer, send);
  session.print(started, () => "The sweep has started. What it opens: reprise list");
}

import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import { OUTCOMES, RECOVERY_STATES } from "../../domain/state/outcome.ts";
import { ID_PATTERN, type SubscriptionId } from "../../domain/values/ids.ts";
import { recoveryAnswer, type RecoveryPageAnswer, recoveryPageAnswer } from "../gateway/answers.ts";
import { type Api, patiently } from "../gateway/api.ts";
import { createProgress } from "../run/progress.ts";
import { type Session, subscriptionOf } from "../run/session.ts";
import { listText } from "../text/list-text.ts";
import { recoveryText } from "../text/recovery-text.ts";
import { apiOf, noteIfStopped } from "./api-session.ts";
import { addExamples } from "./examples.ts";
import type { Runner } from "./runner.ts";

type ListOptions = {
  readonly state?: string;
  readonly outcome?: string;
  readonly customer?: string;
  readonly cursor?: string;
  readonly all?: boolean;
};

/** Longer than the minute of the API's rate limit. */
const BUSY_MS = 90_000;

/** The argument that names a subscription. */
export const subscriptionArgument = (): Argument =>
  new Argument("<subscription>", "its id at Dodo, such as sub_…").argParser(subscriptionOf);

/** `list` and `show`. */
export function addRecoveryCommands(program: Command, { run }: Runner): void {
  const list = program
    .command("list")
    .description("List recoveries, newest first")
    .addOption(new Option("--state <state>", "only in this state").choices(RECOVERY_STATES))
    .addOption(new Option("--outcome <outcome>", "only with this outcome").choices(OUTCOMES))
    .option("--customer <id>", "only of this customer, such as cus_…", customerOf)
    .option("--all", "list every page, not only the first 50")
    .addOption(
      new Option("--cursor <cursor>", "the next page: next_cursor of --json").conflicts("all"),
    )
    .action(run(listRecoveries));
  addExamples(list, [
    ["list --state needs_attention", "Recoveries that need you"],
    ["list --outcome exhausted --all", "Debts that were given up"],
    ["list --customer cus_123", "Recoveries of one customer"],
  ]);
  const show = program
    .command("show")
    .description("Show a recovery: its next step, and why")
    .addArgument(subscriptionArgument())
    .option("--all", "show the whole timeline")
    .action(run(showRecovery));
  addExamples(show, [
    ["show sub_123", "Its next step, open questions and possible actions"],
    ["show sub_123 --json", "The same as JSON"],
  ]);
}

function customerOf(text: string): string {
  if (!ID_PATTERN.test(text))
    throw new InvalidArgumentError("Expected a customer id, such as cus_….");
  return text;
}

async function listRecoveries(session: Session, options: ListOptions): Promise<void> {
  const api = apiOf(session);
  const page =
    options.all === true ? await allPages(session, api, options) : await onePage(api, options);
  const { recoveries, next_cursor: next } = page;
  session.print(page, () =>
    recoveries.length === 0 ? noneText(options) : listText(recoveries, session.paint),
  );
  if (next !== null) session.note(`The first ${recoveries.length}; --all lists the rest too.`);
}

const noneText = ({ state, outcome, customer }: ListOptions): string =>
  (state ?? outcome ?? customer) === undefined ? "No recoveries yet." : "No such recovery.";

async function onePage(
  api: Api,
  { state, outcome, customer, cursor }: ListOptions,
): Promise<RecoveryPageAnswer> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ state, outcome, customer_id: customer, cursor })) {
    if (value !== undefined) query.set(name, value);
  }
  return await api.get(`/recoveries?${query.toString()}`, recoveryPageAnswer);
}

async function allPages(
  { shell }: Session,
  api: Api,
  options: ListOptions,
): Promise<RecoveryPageAnswer> {
  const progress = createProgress(shell.stderr, "recoveries", null);
  const recoveries: RecoveryPageAnswer["recoveries"] = [];
  try {
    for (let cursor: string | null | undefined; cursor !== null;) {
      const from: ListOptions = cursor === undefined ? options : { ...options, cursor };
      const page = await patiently(() => onePage(api, from), {
        limitMs: BUSY_MS,
        onWait: () => progress.at(recoveries.length),
      });
      recoveries.push(...page.recoveries);
      progress.at(recoveries.length);
      cursor = page.next_cursor;
    }
  } finally {
    progress.end();
  }
  return { recoveries, next_cursor: null };
}

async function showRecovery(
  session: Session,
  { all = false }: { readonly all?: boolean },
  subscriptionId: SubscriptionId,
): Promise<void> {
  const api = apiOf(session);
  const recovery = await api.get(`/recoveries/${subscriptionId}`, recoveryAnswer);
  session.print(recovery, () => recoveryText(recovery, session.paint, { isWhole: all }));
  await noteIfStopped(session, api, recovery);
}

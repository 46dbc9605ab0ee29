import { type Command, InvalidArgumentError } from "commander";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { IMPORT_MAX } from "../../domain/import/import.ts";
import { parseSubscriptionId } from "../../domain/values/ids.ts";
import { SECOND_MS } from "../../domain/values/time.ts";
import { visible } from "../../domain/values/visible-text.ts";
import { type ImportAnswer, importAnswer, importStartedAnswer } from "../gateway/answers.ts";
import { patiently } from "../gateway/api.ts";
import type { ImportCall, ImportPort } from "../gateway/imports.ts";
import { EXIT, type ExitCode, Failure } from "../run/failure.ts";
import { createProgress } from "../run/progress.ts";
import { confirm, type Session } from "../run/session.ts";
import { importText } from "../text/import-text.ts";
import { apiOf } from "./api-session.ts";
import { addExamples } from "./examples.ts";
import type { Runner } from "./runner.ts";

type ImportOptions = {
  readonly fromDodo?: boolean;
  readonly retry?: boolean;
  readonly confirm?: boolean;
  readonly yes?: boolean;
  readonly as?: string;
  readonly follow?: string;
};

const LOOK_EVERY_MS = SECOND_MS;
/** The gateway answers 503 while no worker runs. */
const LIMIT_MS = 5 * 60 * SECOND_MS;

const AFTER_HELP = `
Without --confirm it is a dry run: it shows a table and opens nothing.
With REPRISE_API_KEY it asks the operator API. With --as NAME it asks Temporal
(TEMPORAL_*), and the record says that nobody checked the name.
A worker does the work: it goes on when this command ends.`;

/** `import`. */
export function addImportCommand(program: Command, { run }: Runner): void {
  const command = program
    .command("import")
    .description("Open recoveries of debts from before Reprise")
    .argument("[file]", "one subscription id a line; - reads stdin")
    .option("--from-dodo", "every subscription that is on hold at Dodo")
    .option("--retry", "charge debts older than max_debt_age too")
    .option("--confirm", "open them; without it nothing is opened")
    .option("--yes", "do not ask for confirmation")
    .option("--as <name>", "your name, where there is no operator API", nameOf)
    .option("--follow <id>", "show an import that was started before")
    .addHelpText("after", AFTER_HELP)
    .action(run(importDebts));
  addExamples(command, [
    ["import --from-dodo", "What an import would open, and when"],
    ["import --from-dodo --confirm", "Open it"],
    ["import ids.txt --retry", "Old debts too, from a file"],
  ]);
}

/** As Temporal's Web UI shows it in one line. */
const NAME_MAX = 80;

function nameOf(text: string): string {
  const name = text.trim();
  if (name === "" || name.length > NAME_MAX)
    throw new InvalidArgumentError(`Expected a name of at most ${NAME_MAX} characters.`);
  return name;
}

async function importDebts(
  session: Session,
  options: ImportOptions,
  file: string | undefined,
): Promise<ExitCode> {
  const { follow } = options;
  const sources = [file, options.fromDodo, follow].filter((one) => one !== undefined);
  if (sources.length !== 1) {
    throw new Failure("usage", "Name one source: a file, - for stdin, or --from-dodo.");
  }
  const call = follow === undefined ? await callOf(session, options, file) : null;
  if (call?.dry_run === false) {
    await confirm(
      session,
      options.yes,
      "This opens recoveries. Their customers get mails, and may be charged.",
    );
  }
  return await withPort(session, options.as, async (port) => {
    const importId = call === null ? (follow ?? "") : await port.start(call);
    session.note(`Import ${visible(importId)}`);
    const table = await followed(session, port, importId);
    session.print(table, () => importText(table, session.paint));
    return table.state === "done" ? EXIT.done : EXIT.refused;
  });
}

async function callOf(
  { shell }: Session,
  { fromDodo, retry = false, confirm: isReal = false }: ImportOptions,
  file: string | undefined,
): Promise<ImportCall> {
  const terms = { dry_run: !isReal, retry };
  if (fromDodo === true || file === undefined) return { from_dodo: true, ...terms };
  const text = file === "-" ? await shell.readStdin() : await contentOf(file);
  return { subscription_ids: idsIn(text), ...terms };
}

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw new Failure("usage", `Cannot read ${file}${code}.`);
  }
}

/** As an export names its first column. */
const HEAD = "subscription_id";

/** The first field of each line. Empty lines and what follows a # are left out. @throws Failure that names the line */
export function idsIn(text: string): readonly string[] {
  const ids = new Set<string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [field = ""] = line
      .replace(/#.*/, "")
      .replaceAll('"', "")
      .trim()
      .split(/[\s,;]+/);
    if (field === "" || (index === 0 && field === HEAD)) continue;
    if (parseSubscriptionId(field) === null) {
      throw new Failure("usage", `Line ${index + 1} has no subscription id: ${visible(field)}`);
    }
    ids.add(field);
  }
  if (ids.size === 0) throw new Failure("usage", "There is no subscription id in it.");
  if (ids.size > IMPORT_MAX) {
    throw new Failure("usage", `It has ${ids.size} ids; an import takes ${IMPORT_MAX}.`, {
      advice: "Split the file, and import one part after the other.",
    });
  }
  return [...ids];
}

/** Follows the import to its end. @returns it with its whole table */
async function followed(
  session: Session,
  port: ImportPort,
  importId: string,
): Promise<ImportAnswer> {
  const view = async (cursor: string): Promise<ImportAnswer> =>
    await port.view(importId, cursor).catch((error: unknown) => {
      throw withFollowAdvice(error, importId);
    });
  let shown = await view("0");
  let progress = createProgress(session.shell.stderr, "subscriptions listed", null);
  while (shown.state === "running" && shown.listing) {
    progress.at(shown.total);
    await delay(LOOK_EVERY_MS);
    shown = await view("0");
  }
  progress.end();
  progress = createProgress(session.shell.stderr, "subscriptions read", shown.total);
  while (shown.state === "running") {
    progress.at(shown.judged);
    await delay(LOOK_EVERY_MS);
    shown = await view("0");
  }
  progress.end();
  const rows = [...shown.rows];
  for (let cursor = shown.next_cursor; cursor !== null;) {
    const page = await view(cursor);
    rows.push(...page.rows);
    cursor = page.next_cursor;
  }
  return { ...shown, rows, next_cursor: null };
}

function withFollowAdvice(error: unknown, importId: string): unknown {
  if (!(error instanceof Failure) || error.kind !== "unreachable") return error;
  const { kind, message, problem } = error;
  const advice = `The import goes on. Follow it: reprise import --follow ${visible(importId)}`;
  return new Failure(kind, message, { advice, problem });
}

async function withPort(
  session: Session,
  name: string | undefined,
  work: (port: ImportPort) => Promise<ExitCode>,
): Promise<ExitCode> {
  if (name !== undefined) {
    // Temporal's packages take a second to load.
    const { withImportsOfTemporal } = await import("../temporal/imports.ts");
    return await withImportsOfTemporal(session.shell.env, name, work);
  }
  const api = apiOf(session);
  return await work({
    start: async (body) => {
      const ifLost = "It may be repeated: each debt is opened once.";
      return (await api.post("/imports", importStartedAnswer, { body, ifLost })).import_id;
    },
    view: async (importId, cursor) =>
      await patiently(
        () => api.get(`/imports/${encodeURIComponent(importId)}?cursor=${cursor}`, importAnswer),
        { limitMs: LIMIT_MS, onWait: () => undefined },
      ),
  });
}

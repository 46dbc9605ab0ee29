import type { Client } from "@temporalio/client";
import { type Command, Option } from "commander";
import type { Instant } from "../../domain/values/time.ts";
import type { LedgerDatabase } from "../../ledger/database/connect.ts";
import { csvLine, EXPORT_COLUMNS } from "../../ledger/export/columns.ts";
import { EXIT, type ExitCode } from "../run/failure.ts";
import { withLedger } from "../run/ledger-database.ts";
import { createProgress } from "../run/progress.ts";
import { instantOf } from "../run/range.ts";
import type { Session } from "../run/session.ts";
import { jsonText } from "../run/shell.ts";
import { driftBody, verifiedText } from "../text/ledger-text.ts";
import { addExamples } from "./examples.ts";
import type { Runner } from "./runner.ts";

type ExportOptions = {
  readonly from?: Instant;
  readonly to?: Instant;
  readonly after?: Instant;
  readonly format: "csv" | "jsonl";
};

const NEEDS = "\nIt reads Temporal (TEMPORAL_*) and DATABASE_URL, and needs no worker and no key.";

/** `ledger rebuild`, `ledger verify` and `ledger export`. */
export function addLedgerCommands(program: Command, { run }: Runner): void {
  const ledger = program
    .command("ledger")
    .description("Fill, check and export the ledger in PostgreSQL")
    .helpCommand(false);
  addExamples(
    ledger
      .command("rebuild")
      .description("Fill the ledger from Temporal's histories")
      .addHelpText("after", `${NEEDS}\nRows of runs that Temporal has deleted stay as they are.`)
      .action(run(rebuild)),
    [["ledger rebuild", "Every night, or after Temporal was restored"]],
  );
  addExamples(
    ledger
      .command("verify")
      .description("Compare the ledger with Temporal's histories")
      .addHelpText("after", NEEDS)
      .action(run(verify)),
    [["ledger verify", "Exit code 1 where they differ"]],
  );
  addExamples(
    ledger
      .command("export")
      .description("Write one row a debt, as docs/METRICS.md describes it")
      .option("--from <date>", "first failed at or after it", instantOf)
      .option("--to <date>", "first failed before it", instantOf)
      .option("--after <instant>", "only what changed: an earlier watermark", instantOf)
      .addOption(new Option("--format <format>").choices(["csv", "jsonl"]).default("csv"))
      .action(run(exportLedger)),
    [
      ["ledger export --from 2026-11-01 --to 2026-12-01", "The debts of November"],
      ["ledger export --format jsonl", "As JSON, a line a debt"],
    ],
  );
}

/** Does something with each run of Temporal and the ledger, and shows the progress. @param what as in `12 of 400 runs read` */
async function overRuns<T>(
  session: Session,
  what: string,
  work: (db: LedgerDatabase, client: Client, taskQueue: string, onRun: () => void) => Promise<T>,
): Promise<T> {
  const { shell } = session;
  const { withTemporal } = await import("../temporal/temporal-client.ts");
  const { countRuns } = await import("../../ledger/history/read-run.ts");
  return await withLedger(session, (db) =>
    withTemporal(shell.env, null, async (client, taskQueue) => {
      const total = await countRuns(client, taskQueue);
      const progress = createProgress(shell.stderr, what, total);
      let read = 0;
      try {
        return await work(db, client, taskQueue, () => progress.at((read += 1)));
      } finally {
        progress.end();
      }
    }),
  );
}

async function rebuild(session: Session): Promise<void> {
  const { rebuildLedger } = await import("../../ledger/history/rebuild.ts");
  const result = await overRuns(session, "runs read", rebuildLedger);
  const { unchanged: _unchanged, ...body } = result;
  const { replaced, empty, kept, removed } = body;
  const gone =
    removed === 0
      ? ""
      : ` ${removed} runs removed that a restored Temporal has lost and run again.`;
  session.print(
    body,
    () =>
      `${replaced} runs replaced from their histories, ${empty} without a decision so far. ${kept} runs kept that Temporal no longer has.${gone}`,
  );
}

async function verify(session: Session): Promise<ExitCode> {
  const { verifyLedger } = await import("../../ledger/verify/verify-histories.ts");
  const verified = await overRuns(session, "runs compared", verifyLedger);
  session.print(driftBody(verified), () => verifiedText(verified));
  return verified.drifts.length + verified.doubles.length === 0 ? EXIT.done : EXIT.refused;
}

async function exportLedger(session: Session, options: ExportOptions): Promise<void> {
  const { shell } = session;
  const { exportDebts } = await import("../../ledger/export/export-debts.ts");
  const { from = null, to = null, after = null, format } = options;
  const isCsv = format === "csv" && !session.isJson;
  const watermark = await withLedger(session, async (db) => {
    if (isCsv) shell.stdout.write(`${csvLine(EXPORT_COLUMNS)}\n`);
    return await exportDebts(db, { from, to, after }, async (rows) => {
      const lines = rows.map((row) =>
        isCsv ? csvLine(EXPORT_COLUMNS.map((column) => row[column])) : JSON.stringify(row),
      );
      shell.stdout.write(`${lines.join("\n")}\n`);
      await Promise.resolve();
    });
  });
  if (watermark === null) return session.note("The ledger is empty: reprise ledger rebuild.");
  const at = new Date(watermark).toISOString();
  if (session.isJson) shell.stderr.write(`${jsonText({ watermark: at })}\n`);
  session.note(`To go on from here: reprise ledger export --after ${at}`);
}

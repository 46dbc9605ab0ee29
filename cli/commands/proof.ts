import type { Command } from "commander";
import type { SubscriptionId } from "../../domain/values/ids.ts";
import { type ProofAnswer, proofAnswer } from "../gateway/answers.ts";
import { patiently } from "../gateway/api.ts";
import { EXIT, type ExitCode } from "../run/failure.ts";
import type { Session } from "../run/session.ts";
import { formatProof } from "../text/proof-text.ts";
import { apiOf } from "./api-session.ts";
import { addExamples } from "./examples.ts";
import { subscriptionArgument } from "./recoveries.ts";
import type { Runner } from "./runner.ts";

/** A worker reads all payments of the subscription for it. */
const LIMIT_MS = 60_000;

/** `proof`. */
export function addProofCommand(program: Command, { run }: Runner): void {
  const proof = program
    .command("proof")
    .description("Show what was owed, charged and collected")
    .addArgument(subscriptionArgument())
    .addHelpText(
      "after",
      "\nWith REPRISE_API_KEY it asks the operator API, else Temporal (TEMPORAL_*).\nExit code 1: Temporal and Dodo disagree, or a debt was paid twice.",
    )
    .action(run(showProof));
  addExamples(proof, [
    ["proof sub_123", "Check that a debt was charged once"],
    ["proof sub_123 --json", "The same as JSON"],
  ]);
}

async function showProof(
  session: Session,
  _options: unknown,
  subscriptionId: SubscriptionId,
): Promise<ExitCode> {
  const proof = await readProof(session, subscriptionId);
  session.print(proof, () => formatProof(proof));
  return proof.agree ? EXIT.done : EXIT.refused;
}

async function readProof(session: Session, subscriptionId: SubscriptionId): Promise<ProofAnswer> {
  const { env } = session.shell;
  if ((env["REPRISE_API_KEY"] ?? "").trim() === "") {
    // Temporal's packages take a second to load, and no other command needs them.
    const { proofByWorker } = await import("../temporal/proof-by-worker.ts");
    return await proofByWorker(env, subscriptionId, LIMIT_MS);
  }
  const api = apiOf(session);
  let isTold = false;
  return await patiently(() => api.get(`/recoveries/${subscriptionId}/proof`, proofAnswer), {
    limitMs: LIMIT_MS,
    onWait: () => {
      if (!isTold) session.note("A worker reads Dodo for the proof …");
      isTold = true;
    },
  });
}

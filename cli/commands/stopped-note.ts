import { chargingAnswer, type RecoveryAnswer } from "../gateway/answers.ts";
import type { Api } from "../gateway/api.ts";
import type { Session } from "../run/session.ts";

/** Says of a charge that has started and has not left that it waits while all charges are stopped. */
export async function noteIfStopped(
  session: Session,
  api: Api,
  { charge }: RecoveryAnswer,
): Promise<void> {
  if (charge?.phase !== "started" || session.isJson) return;
  const { stopped } = await api.get("/charging", chargingAnswer);
  if (stopped) session.note("All charges are stopped, so this one waits: reprise charging status.");
}

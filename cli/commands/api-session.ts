import { readCliConfig } from "../../config/cli.ts";
import { chargingAnswer, type RecoveryAnswer } from "../gateway/answers.ts";
import { type Api, createApi } from "../gateway/api.ts";
import { configured, type Session } from "../run/session.ts";

/** The operator API of `REPRISE_URL`. @throws Failure if the environment lacks the key */
export function apiOf({ shell, timeoutMs }: Session): Api {
  return createApi(
    configured(() => readCliConfig(shell.env)),
    timeoutMs,
  );
}

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

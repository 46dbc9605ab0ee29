import { readCliConfig } from "../../config/cli.ts";
import { type Api, createApi } from "../gateway/api.ts";
import { configured, type Session } from "../run/session.ts";

/** The operator API of `REPRISE_URL`. @throws Failure if the environment lacks the key */
export function apiOf({ shell, timeoutMs }: Session): Api {
  return createApi(
    configured(() => readCliConfig(shell.env)),
    timeoutMs,
  );
}

import { type Check, ok, unknown, warn } from "../check.ts";
import { request } from "../gateway/request.ts";
import { whyAbsent } from "../settings.ts";

/** The links to lists are below the checks. */
export const webUiCheck: Check = {
  name: "temporal.web_ui",
  what: "Web UI",
  run: async ({ settings, timeoutMs }) => {
    const { webUiUrl } = settings.worker;
    if (webUiUrl === null) {
      const mend = "Set TEMPORAL_UI_URL: mails to the operator link to it too.";
      return unknown(whyAbsent(settings, "TEMPORAL_UI_URL"), mend);
    }
    const answer = await request(webUiUrl, timeoutMs);
    return answer.kind === "answered"
      ? ok(webUiUrl)
      : warn(
          `Nothing answers at ${webUiUrl} from here (${answer.detail}).`,
          "Check TEMPORAL_UI_URL, to which mails to the operator link.",
        );
  },
};

/**
 * The Temporal Web UI with a ready-made view of the recoveries. The Web UI keeps its columns in the browser's storage,
 * for its own address only, so the page that sets them must come from that address.
 */
import {
  createServer,
  type IncomingMessage,
  request as sendRequest,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { recoveriesUrl, RECOVERY_COLUMNS } from "./web-ui.ts";

export type WebUiView = {
  /** The Web UI's address. */
  readonly url: string;
  /** Opens the list of recoveries with their columns. */
  readonly recoveriesUrl: string;
  readonly close: () => Promise<void>;
};

export type WebUiViewOptions = {
  /** The Web UI itself, to which all other requests are passed. */
  readonly uiUrl: string;
  readonly namespace: string;
  readonly port: number;
};

const HOST = "127.0.0.1";
const PATH = "/recoveries";
const BAD_GATEWAY = 502;

export async function startWebUiView({
  uiUrl,
  namespace,
  port,
}: WebUiViewOptions): Promise<WebUiView> {
  const server = createServer((request, response) => {
    if (request.url === PATH) {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(viewPage(namespace));
    } else pass(uiUrl, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, resolve);
  });
  const url = `http://${HOST}:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url, recoveriesUrl: `${url}${PATH}`, close };
}

function pass(uiUrl: string, request: IncomingMessage, response: ServerResponse): void {
  const { method, headers, url = "/" } = request;
  const passed = sendRequest(`${uiUrl}${url}`, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? BAD_GATEWAY, answer.headers);
    answer.pipe(response);
  });
  passed.on("error", (error) => {
    if (!response.headersSent) response.writeHead(BAD_GATEWAY);
    response.end(`The Temporal Web UI does not answer: ${error.message}`);
  });
  response.once("close", () => passed.destroy());
  request.pipe(passed);
}

/** Sets the columns, unless a person has chosen their own, and goes on to the list. */
function viewPage(namespace: string): string {
  const columns = JSON.stringify(RECOVERY_COLUMNS.map((label) => ({ label })));
  const target = recoveriesUrl("", namespace);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Recoveries</title><script>
const key = "namespace-workflow-table-columns", all = JSON.parse(localStorage.getItem(key) ?? "{}");
all[${JSON.stringify(namespace)}] ??= ${columns};
localStorage.setItem(key, JSON.stringify(all));
location.replace(${JSON.stringify(target)});
</script><p><a href="${target.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}">Recoveries</a></p></html>`;
}

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { startWebUiView, type WebUiView } from "../../dev/temporal/web-ui-view.ts";
import { RECOVERY_COLUMNS } from "../../dev/temporal/web-ui.ts";
import { SEARCH_ATTRIBUTES } from "../../workflows/contract.ts";

async function setUp(): Promise<WebUiView> {
  const ui = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () =>
      response.writeHead(201).end(`${request.method} ${request.url} ${body}`),
    );
  });
  await new Promise<void>((resolve) => ui.listen(0, "127.0.0.1", resolve));
  const uiUrl = `http://127.0.0.1:${(ui.address() as AddressInfo).port}`;
  const view = await startWebUiView({ uiUrl, namespace: "default", port: 0 });
  onTestFinished(async () => {
    await view.close();
    ui.closeAllConnections();
    ui.close();
  });
  return view;
}

test("the view sets the columns and opens the list of recoveries only", async () => {
  const view = await setUp();
  const page = await (await fetch(view.recoveriesUrl)).text();
  for (const column of RECOVERY_COLUMNS) expect(page).toContain(`{"label":"${column}"}`);
  expect(page).toContain(encodeURIComponent('`WorkflowType`="subscriptionRecovery"'));
});

test("all other requests pass to the Web UI and back unchanged", async () => {
  const { url } = await setUp();
  const answer = await fetch(`${url}/api/v1/x?y=1`, { method: "POST", body: "z" });
  expect([answer.status, await answer.text()]).toEqual([201, "POST /api/v1/x?y=1 z"]);
});

test("a Web UI that does not answer gives 502", async () => {
  const view = await startWebUiView({ uiUrl: "http://127.0.0.1:9", namespace: "default", port: 0 });
  onTestFinished(() => view.close());
  expect((await fetch(`${view.url}/namespaces`)).status).toBe(502);
});

test("every column except the workflow's id is a search attribute of a recovery", () => {
  const names = Object.values(SEARCH_ATTRIBUTES).map(({ name }) => name as string);
  expect(RECOVERY_COLUMNS.filter((column) => !names.includes(column))).toEqual(["Workflow ID"]);
});

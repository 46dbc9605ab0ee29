import { describe, expect, test } from "vitest";
import { headingOf, NOW, stubbedGateway, tokenFor } from "./stubbed-gateway.ts";

describe("stop reminders", () => {
  const url = (expiresAt?: number): string => `/reminders/${tokenFor(expiresAt)}?lang=de`;

  test("opening the reminder link shows a button and changes nothing", async () => {
    const { app, calls } = stubbedGateway();
    for (const method of ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"] as const) {
      await app.inject({ method, url: url() });
    }
    const { statusCode, body } = await app.inject({ method: "GET", url: url() });
    expect([statusCode, headingOf(body)]).toEqual([200, "Erinnerungen an diese Zahlung beenden?"]);
    expect(body).toContain('<form method="post" action="?lang=de">');
    expect(calls).toMatchObject({ links: 0, stops: 0 });
  });

  test.each([
    ["application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"],
    [
      "multipart/form-data; boundary=b",
      '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--',
    ],
  ])("a mail program's one-click POST as %s stops the reminders", async (type, payload) => {
    const { app, calls } = stubbedGateway();
    const headers = { "content-type": type };
    const { statusCode, body } = await app.inject({ method: "POST", url: url(), payload, headers });
    expect([statusCode, headingOf(body)]).toEqual([200, "Sie erhalten keine Erinnerungen mehr"]);
    expect(calls.stops).toBe(1);
  });

  test.each([
    ["the recovery cannot stop them yet", { stopped: false }],
    ["Temporal is unreachable", { stopped: new Error("down") }],
  ])("the page does not claim that reminders are stopped while %s", async (_, answers) => {
    const { statusCode, body } = await stubbedGateway(answers).app.inject({
      method: "POST",
      url: url(),
    });
    expect([statusCode, headingOf(body)]).toEqual([
      503,
      "Diese Seite ist vorübergehend nicht verfügbar",
    ]);
  });

  test("stopping reminders needs a valid link and is rate limited", async () => {
    const { app, calls } = stubbedGateway();
    const post = async (path: string) =>
      (await app.inject({ method: "POST", url: path })).statusCode;
    expect(await post(url(NOW - 1))).toBe(410);
    expect(await post(`/reminders/${tokenFor()}x`)).toBe(404);
    expect(calls.stops).toBe(0);
    const statuses: number[] = [];
    for (let count = 0; count < 22; count += 1) statuses.push(await post(url()));
    expect(statuses.filter((status) => status === 429)).toHaveLength(2);
  });
});

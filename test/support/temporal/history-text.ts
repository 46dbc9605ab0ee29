/** A history as JSON with its payloads decoded: all that a person with access to Temporal could read. */
export function textOfHistory(history: object): string {
  return JSON.stringify(history).replace(/"data":"([A-Za-z0-9+/=]*)"/g, (_, data: string) =>
    Buffer.from(data, "base64").toString("utf8"),
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Other control characters are errors in HTML. Marks of direction stay: the formats of Arabic need them. */
const CONTROLS = /(?![\t\n\r])\p{Cc}/gu;

/** For texts and for attributes between quotation marks. */
export function escapeHtml(text: string): string {
  return text.replaceAll(CONTROLS, "").replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}

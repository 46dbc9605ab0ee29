import { CARD_NAMES, CARDS } from "../model/state/cards.ts";
import { html, type Html } from "./html.ts";

/** Radio buttons for the sandbox's cards. */
export function cardChoices(): Html[] {
  return CARD_NAMES.map((name) => {
    const { label, lastFour } = CARDS[name];
    const input =
      name === "good"
        ? html`<input type="radio" name="card" value="${name}" checked />`
        : html`<input type="radio" name="card" value="${name}" />`;
    return html`<label class="choice">${input} ${label} <small>•••• ${lastFour}</small></label>`;
  });
}

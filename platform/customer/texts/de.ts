import type { Texts } from "./en.ts";

/** German: Sie. */
export const de: Texts = {
  "greeting.named": "Guten Tag {name},",
  "greeting.plain": "Guten Tag,",

  "fact.line": "{label}: {value}",
  "fact.amount": "Betrag",
  "fact.card": "Karte",
  "fact.method": "Zahlungsmittel",
  "fact.next_attempt": "Nächster Versuch",
  "fact.pay_by": "Zu zahlen bis",
  "card.branded": "{brand}, endet auf {lastFour}",
  "card.unbranded": "endet auf {lastFour}",

  "reason.declined": "Ihre Bank hat die Zahlung nicht genehmigt.",
  "reason.funds": "Dafür war nicht genügend Geld verfügbar.",
  "reason.limit": "Ein Limit Ihrer Karte oder Ihres Kontos war erreicht.",
  "reason.expired": "Die Karte ist abgelaufen.",
  "reason.not_activated": "Die Karte ist noch nicht freigeschaltet.",
  "reason.confirmation": "Sie wurde nicht bei Ihrer Bank bestätigt.",
  "reason.details": "Die Zahlungsdaten wurden nicht angenommen.",
  "reason.permission":
    "Ihre Erlaubnis, dieses Zahlungsmittel zu belasten, fehlt oder gilt nicht mehr.",
  "reason.unsupported": "Dieses Zahlungsmittel kann dafür nicht verwendet werden.",
  "reason.technical": "Auf dem Weg zu Ihrer Bank gab es ein technisches Problem.",

  "failed.what": "Wir konnten Ihre Zahlung über {amount} nicht einziehen. {reason}",
  "retry.unknown_day": "Wir versuchen es in den nächsten Tagen erneut.",
  "button.pay": "Jetzt bezahlen",
  "button.update": "Zahlungsmittel aktualisieren",
  "button.confirm": "Zahlung bestätigen",
  "button.contact": "Kontakt aufnehmen",

  "payment_failed.subject": "Ihre Zahlung über {amount} ist nicht durchgegangen",
  "payment_failed.heading": "Ihre Zahlung ist nicht durchgegangen",
  "payment_failed.next": "Sie müssen nichts tun: Wir versuchen es am {day} erneut.",
  "payment_failed.after":
    "Wenn Sie nicht warten möchten, können Sie gleich bezahlen, gern auch mit einer anderen Karte. Es wird nicht doppelt abgebucht.",

  "retry_ahead.subject": "Wir versuchen erneut, Ihre Zahlung über {amount} einzuziehen",
  "retry_ahead.heading": "Wir versuchen erneut, Ihre Zahlung einzuziehen",
  "retry_ahead.what": "Ihre Zahlung über {amount} ist noch offen.",
  "retry_ahead.next":
    "Wir versuchen es am {day} noch einmal. Bitte sorgen Sie dafür, dass Ihr Zahlungsmittel bis dahin belastet werden kann, oder bezahlen Sie gleich.",

  "action_needed.subject": "Bitte aktualisieren Sie Ihr Zahlungsmittel: {amount} offen",
  "action_needed.heading": "Bitte aktualisieren Sie Ihr Zahlungsmittel",
  "action_needed.next_other":
    "Wir belasten dieses Zahlungsmittel nicht noch einmal. Bitte wählen Sie ein anderes und bezahlen Sie bis zum {day}, damit Ihr Abonnement weiterlaufen kann.",
  "action_needed.next_again":
    "Von uns aus versuchen wir es nicht noch einmal. Bitte geben Sie Ihre Zahlungsdaten bis zum {day} neu ein oder wählen Sie ein anderes Zahlungsmittel, damit Ihr Abonnement weiterlaufen kann.",
  "action_needed.after": "Das dauert etwa eine Minute.",

  "authentication.subject": "Bitte bestätigen Sie Ihre Zahlung über {amount}",
  "authentication.heading": "Bitte bestätigen Sie Ihre Zahlung",
  "authentication.what":
    "Ihre Bank bittet Sie, Ihre Zahlung über {amount} zu bestätigen. Das können nur Sie selbst tun.",
  "authentication.next":
    "Bitte klicken Sie auf die Schaltfläche und folgen Sie bis zum {day} den Anweisungen Ihrer Bank, damit Ihr Abonnement weiterlaufen kann.",

  "reminder.subject": "Erinnerung: Ihre Zahlung über {amount} ist noch offen",
  "reminder.heading": "Ihre Zahlung ist noch offen",
  "reminder.what": "Ihre Zahlung über {amount} ist bei uns noch nicht eingegangen.",
  "reminder.next": "Bitte bezahlen Sie bis zum {day}, damit Ihr Abonnement weiterlaufen kann.",

  "last_chance.subject":
    "{days, plural, =0 {Letzter Tag, um {amount} zu bezahlen} one {Noch # Tag, um {amount} zu bezahlen} other {Noch # Tage, um {amount} zu bezahlen}}",
  "last_chance.heading": "Dies ist unsere letzte Erinnerung",
  "last_chance.next":
    "Bitte bezahlen Sie bis zum {day}. Danach funktioniert dieser Link nicht mehr, und Ihr Abonnement kann enden.",
  "last_chance.next_cancel":
    "Bitte bezahlen Sie bis zum {day}. Ist Ihre Zahlung bis dahin nicht eingegangen, wird Ihr Abonnement gekündigt.",

  "recovered.subject": "Vielen Dank: Ihre Zahlung über {amount} ist eingegangen",
  "recovered.heading": "Vielen Dank, Ihre Zahlung ist eingegangen",
  "recovered.what":
    "Wir haben Ihre Zahlung über {amount} erhalten, und Ihr Abonnement läuft weiter.",
  "recovered.next": "Sie müssen nichts weiter tun.",

  "cancelled.subject": "Ihr Abonnement wurde gekündigt",
  "cancelled.heading": "Ihr Abonnement wurde gekündigt",
  "cancelled.what":
    "Wir konnten Ihre Zahlung über {amount} nicht einziehen. Deshalb wurde Ihr Abonnement gekündigt.",
  "cancelled.next": "Dafür wird Ihnen nichts mehr abgebucht.",
  "cancelled.after": "Sie sind jederzeit wieder willkommen.",

  "checkout.try_again": "Sie können es erneut versuchen, gern auch mit einer anderen Karte.",
  "checkout.not_charged": "Es wird nichts abgebucht, solange Sie nicht bezahlen.",
  "checkout.order_again": "Wenn Sie noch Interesse haben, bestellen Sie bitte noch einmal.",
  "checkout_abandoned.subject": "Ihre Zahlung über {amount} ist noch nicht abgeschlossen",
  "checkout_abandoned.heading": "Ihre Zahlung ist noch nicht abgeschlossen",
  "checkout_abandoned.what":
    "Sie haben begonnen, {amount} zu bezahlen, und den Vorgang nicht abgeschlossen. Es wurde nichts abgebucht.",
  "checkout_abandoned.next": "Sie können dort weitermachen, wo Sie aufgehört haben.",
  "checkout_authentication.what":
    "Ihre Zahlung über {amount} muss bei Ihrer Bank bestätigt werden, und das ist noch nicht geschehen. Es wurde nichts abgebucht.",
  "checkout_authentication.next": "Sie können sie jetzt bestätigen.",

  "link.fallback": "Falls die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse:",
  "footer.safety": "Wir fragen niemals per E-Mail nach Kartendaten.",
  "footer.why": "Sie erhalten diese Nachricht, weil Sie ein Abonnement bei {brand} haben.",
  "footer.questions": "Fragen? Wir helfen Ihnen gern:",

  "page.owed.title": "Ihr Abonnement bezahlen",
  "page.owed.text": "Ihre letzte Zahlung ist nicht durchgegangen. Dieser Betrag ist offen:",
  "page.owed.button": "Weiter zur sicheren Zahlung",
  "page.owed.after":
    "Die Schaltfläche führt Sie auf eine sichere Zahlungsseite. Abgebucht wird erst, wenn Sie dort bestätigen.",
  "page.declined.text":
    "Die Zahlung wurde diesmal nicht genehmigt, und es wurde nichts abgebucht. Sie können es erneut versuchen, gern auch mit einem anderen Zahlungsmittel.",
  "page.processing.title": "Ihre Zahlung wird bearbeitet",
  "page.processing.text": "Sie müssen nichts tun. Diese Seite aktualisiert sich von selbst.",
  "page.processing.again": "Noch einmal nachsehen",
  "page.paid.title": "Vielen Dank, Ihre Zahlung ist eingegangen",
  "page.paid.text": "Sie müssen nichts weiter tun und können diese Seite schließen.",
  "page.nothing_owed.title": "Es ist nichts offen",
  "page.nothing_owed.text":
    "Hier gibt es nichts mehr zu bezahlen. Sie können diese Seite schließen.",
  "page.cancelled.title": "Dieses Abonnement ist beendet",
  "page.cancelled.text": "Es wird nichts mehr abgebucht. Sie können diese Seite schließen.",
  "page.reminders.title": "Keine Erinnerungen mehr an diese Zahlung?",
  "page.reminders.text":
    "Sie erhalten dazu keine Erinnerungen mehr per E-Mail. Die Zahlung bleibt offen, und der Link in unseren E-Mails funktioniert weiterhin.",
  "page.reminders.button": "Erinnerungen beenden",
  "page.reminders_stopped.title": "Sie erhalten keine Erinnerungen mehr",
  "page.reminders_stopped.text":
    "Die Zahlung bleibt offen. Sie können sie weiterhin über den Link in unseren E-Mails bezahlen.",
  "page.expired.title": "Dieser Link ist abgelaufen",
  "page.expired.text":
    "Mit ihm kann nicht mehr bezahlt werden. Wenn Sie noch bezahlen möchten, schreiben Sie uns bitte.",
  "page.unknown.title": "Dieser Link ist nicht gültig",
  "page.unknown.text":
    "Bitte öffnen Sie den Link aus unserer E-Mail noch einmal, vollständig und unverändert.",
  "page.unavailable.title": "Das ist im Moment nicht möglich",
  "page.unavailable.text":
    "Es wurde nichts abgebucht. Bitte versuchen Sie es in einigen Minuten noch einmal.",
  "page.questions": "Fragen? Wir helfen Ihnen gern:",
};

import type { Texts } from "./en.ts";

/** German: Sie. */
export const de: Texts = {
  "greeting.named": "Guten Tag {name},",
  "greeting.plain": "Guten Tag,",

  "fact.line": "{label}: {value}",
  "subject.product": "{subject} – {product}",
  "fact.product": "Produkt",
  "fact.amount": "Betrag",
  "fact.date": "Datum",
  "fact.card": "Karte",
  "fact.method": "Zahlungsmittel",
  "fact.next_attempt": "Nächster Versuch",
  "fact.pay_by": "Zu zahlen bis",
  "fact.payable_until": "Zahlbar bis",
  "card.branded": "{brand}, endet auf {lastFour}",
  "card.unbranded": "endet auf {lastFour}",

  "reason.declined": "Ihre Bank hat die Zahlung nicht genehmigt.",
  "reason.funds": "Das verfügbare Guthaben reichte nicht aus.",
  "reason.limit": "Ein Limit Ihrer Karte oder Ihres Kontos wurde erreicht.",
  "reason.expired": "Die Karte ist abgelaufen.",
  "reason.not_activated": "Die Karte ist noch nicht freigeschaltet.",
  "reason.confirmation": "Die Zahlung wurde nicht bei Ihrer Bank bestätigt.",
  "reason.details": "Die Zahlungsdaten wurden nicht angenommen.",
  "reason.permission":
    "Für Abbuchungen über dieses Zahlungsmittel liegt keine gültige Zustimmung vor.",
  "reason.unsupported": "Dieses Zahlungsmittel kann für diese Zahlung nicht verwendet werden.",
  "reason.technical": "Bei der Verbindung zu Ihrer Bank gab es ein technisches Problem.",

  "failed.what": "Wir konnten Ihre Zahlung über {amount} nicht verarbeiten. {reason}",
  "retry.unknown_day": "Wir versuchen es in den nächsten Tagen erneut.",
  "button.pay": "Zahlung abschließen",
  "button.confirm": "Zahlung bestätigen",
  "button.contact": "Kontakt aufnehmen",

  "payment_failed.subject": "Ihre Zahlung über {amount} war nicht erfolgreich",
  "payment_failed.heading": "Ihre Zahlung war nicht erfolgreich",
  "payment_failed.next": "Sie müssen nichts tun. Wir versuchen es am {day} erneut.",
  "payment_failed.after":
    "Wenn Sie nicht warten möchten, können Sie die Zahlung gleich abschließen, gern auch mit einer anderen Karte. Es wird nicht doppelt abgebucht.",

  "retry_ahead.subject": "Wir versuchen erneut, Ihre Zahlung über {amount} abzubuchen",
  "retry_ahead.heading": "Wir versuchen erneut, Ihre Zahlung abzubuchen",
  "retry_ahead.what": "Ihre Zahlung über {amount} war bisher nicht erfolgreich.",
  "retry_ahead.next":
    "Wir versuchen es am {day} noch einmal. Bitte sorgen Sie dafür, dass Ihr Zahlungsmittel bis dahin belastet werden kann, oder schließen Sie die Zahlung gleich ab.",

  "action_needed.subject": "Bitte schließen Sie Ihre Zahlung über {amount} ab",
  "action_needed.heading": "Bitte schließen Sie Ihre Zahlung ab",
  "action_needed.next_other":
    "Wir belasten dieses Zahlungsmittel nicht noch einmal. Bitte schließen Sie die Zahlung bis zum {day} mit einem anderen Zahlungsmittel ab, damit Ihr Abonnement weiterlaufen kann.",
  "action_needed.next_again":
    "Wir versuchen es nicht automatisch noch einmal. Bitte schließen Sie die Zahlung bis zum {day} ab, damit Ihr Abonnement weiterlaufen kann. Sie können Ihre Zahlungsdaten neu eingeben oder ein anderes Zahlungsmittel wählen.",
  "action_needed.after": "Das dauert etwa eine Minute.",

  "authentication.subject": "Bitte bestätigen Sie Ihre Zahlung über {amount}",
  "authentication.heading": "Bitte bestätigen Sie Ihre Zahlung",
  "authentication.what":
    "Ihre Bank bittet Sie, Ihre Zahlung über {amount} zu bestätigen. Das können nur Sie selbst tun.",
  "authentication.next":
    "Bitte schließen Sie die Zahlung bis zum {day} ab und folgen Sie dabei den Anweisungen Ihrer Bank, damit Ihr Abonnement weiterlaufen kann.",
  "confirm.next_page":
    "Bitte öffnen Sie die Zahlungsseite und folgen Sie dort den Anweisungen Ihrer Bank, damit Ihr Abonnement weiterlaufen kann.",
  "confirm.next_bank":
    "Bitte bestätigen Sie die Zahlung in der App oder auf der Website Ihrer Bank. Wenn Sie dort nichts zu bestätigen finden, wenden Sie sich bitte an uns.",

  "reminder.subject": "Erinnerung: Ihre Zahlung über {amount} ist noch offen",
  "reminder.heading": "Ihre Zahlung ist noch offen",
  "reminder.what": "Ihre Zahlung über {amount} ist bei uns noch nicht eingegangen.",
  "reminder.next":
    "Bitte schließen Sie die Zahlung bis zum {day} ab, damit Ihr Abonnement weiterlaufen kann.",

  "last_chance.subject":
    "{days, plural, =0 {Heute ist der letzte Tag, um {amount} zu bezahlen} one {Noch # Tag, um {amount} zu bezahlen} other {Noch # Tage, um {amount} zu bezahlen}}",
  "last_chance.heading": "Dies ist unsere letzte Erinnerung",
  "last_chance.next":
    "Bitte schließen Sie die Zahlung bis zum {day} ab. Danach kann Ihr Abonnement enden.",
  "last_chance.next_cancel":
    "Bitte schließen Sie die Zahlung bis zum {day} ab. Ist sie bis dahin nicht eingegangen, wird Ihr Abonnement gekündigt.",

  "recovered.subject": "Vielen Dank: Ihre Zahlung über {amount} ist eingegangen",
  "recovered.heading": "Vielen Dank, Ihre Zahlung ist eingegangen",
  "recovered.what": "Wir haben Ihre Zahlung über {amount} erhalten. Ihr Abonnement läuft weiter.",
  "recovered.next": "Sie müssen nichts weiter tun.",

  "cancelled.subject": "Ihr Abonnement wurde gekündigt",
  "cancelled.heading": "Ihr Abonnement wurde gekündigt",
  "cancelled.what":
    "Ihre Zahlung über {amount} ist nicht bei uns eingegangen. Deshalb haben wir Ihr Abonnement gekündigt.",
  "cancelled.next": "Dafür wird Ihnen nichts mehr abgebucht.",
  "cancelled.after": "Sie sind jederzeit wieder willkommen.",

  "checkout.try_again": "Sie können es erneut versuchen, gern auch mit einer anderen Karte.",
  "checkout.not_charged": "Es wird nichts abgebucht, solange Sie die Zahlung nicht abschließen.",
  "checkout.order_again": "Wenn Sie noch interessiert sind, bestellen Sie bitte noch einmal.",
  "checkout_abandoned.subject": "Ihre Zahlung über {amount} ist noch nicht abgeschlossen",
  "checkout_abandoned.heading": "Ihre Zahlung ist noch nicht abgeschlossen",
  "checkout_abandoned.what":
    "Sie haben eine Zahlung über {amount} begonnen, aber nicht abgeschlossen. Es wurde nichts abgebucht.",
  "checkout_abandoned.next": "Sie können dort weitermachen, wo Sie aufgehört haben.",
  "checkout_authentication.what":
    "Ihre Zahlung über {amount} muss noch bei Ihrer Bank bestätigt werden. Es wurde nichts abgebucht.",
  "checkout_authentication.next": "Sie können sie jetzt abschließen.",

  "link.fallback": "Falls die Schaltfläche nicht funktioniert, öffnen Sie diesen Link:",
  "footer.safety": "Wir fragen niemals per E-Mail nach Kartendaten.",
  "footer.why": "Sie erhalten diese E-Mail wegen einer Zahlung an {brand}.",
  "footer.questions": "Fragen? Wir helfen Ihnen gern:",

  "page.owed.title": "Zahlung abschließen",
  "page.owed.text": "Ihre letzte Zahlung war nicht erfolgreich.",
  "page.owed.button": "Weiter zur sicheren Zahlung",
  "page.owed.after":
    "Die Schaltfläche führt Sie auf eine sichere Zahlungsseite. Abgebucht wird erst, wenn Sie dort bestätigen.",
  "page.declined.text":
    "Diese Zahlung wurde nicht genehmigt, und es wurde nichts abgebucht. Sie können es erneut versuchen, gern auch mit einem anderen Zahlungsmittel.",
  "page.confirm.text":
    "Ihre Bank bittet Sie, diese Zahlung zu bestätigen. Das können nur Sie selbst tun.",
  "page.processing.title": "Ihre Zahlung wird bearbeitet",
  "page.processing.text": "Sie müssen nichts tun. Diese Seite wird automatisch aktualisiert.",
  "page.processing.refresh": "Jetzt aktualisieren",
  "page.late.text":
    "Diese Zahlung ist nicht bei uns eingegangen, und Ihr Abonnement ist ausgesetzt. Sie können noch bezahlen. Offener Betrag:",
  "page.checking.title": "Einen Moment bitte",
  "page.checking.text": "Wir prüfen, was offen ist. Diese Seite wird automatisch aktualisiert.",
  "page.unpaid.title": "Diese Zahlung ist noch offen",
  "page.unpaid.text":
    "Diese Zahlung ist nicht bei uns eingegangen und kann auf dieser Seite nicht mehr geleistet werden. Offener Betrag:",
  "page.unpaid.ask":
    "Bitte wenden Sie sich an uns: Antworten Sie auf unsere E-Mail, oder fragen Sie unseren Kundenservice.",
  "page.paid.title": "Vielen Dank, Ihre Zahlung ist eingegangen",
  "page.paid.text": "Sie müssen nichts weiter tun und können diese Seite schließen.",
  "page.nothing_owed.title": "Hier ist nichts zu bezahlen",
  "page.nothing_owed.text":
    "Über diesen Link ist keine Zahlung offen. Sie können diese Seite schließen.",
  "page.cancelled.title": "Dieses Abonnement ist beendet",
  "page.cancelled.text":
    "Dafür wird Ihnen nichts mehr abgebucht. Sie können diese Seite schließen.",
  "page.reminders.title": "Erinnerungen an diese Zahlung beenden?",
  "page.reminders.text":
    "Sie erhalten keine Erinnerungen an diese Zahlung mehr per E-Mail. Die Zahlung bleibt offen, und Sie können sie weiterhin über den Link in unseren E-Mails abschließen.",
  "page.reminders.button": "Erinnerungen beenden",
  "page.reminders_stopped.title": "Sie erhalten keine Erinnerungen mehr",
  "page.reminders_stopped.text":
    "Die Zahlung bleibt offen. Sie können sie weiterhin über den Link in unseren E-Mails abschließen.",
  "page.expired.title": "Dieser Link ist abgelaufen",
  "page.expired.text":
    "Dieser Link kann nicht mehr verwendet werden. Wenn Sie noch bezahlen möchten, wenden Sie sich bitte an uns.",
  "page.unknown.title": "Dieser Link ist nicht gültig",
  "page.unknown.text":
    "Bitte öffnen Sie den Link aus unserer E-Mail noch einmal, oder kopieren Sie ihn vollständig in Ihren Browser.",
  "page.unavailable.title": "Diese Seite ist vorübergehend nicht verfügbar",
  "page.unavailable.text":
    "Auf dieser Seite wurde nichts abgebucht. Bitte versuchen Sie es in einigen Minuten noch einmal.",
  "page.questions": "Fragen? Wir helfen Ihnen gern:",
};

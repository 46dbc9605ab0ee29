import type { Texts } from "./en.ts";

/** French: vous. */
export const fr: Texts = {
  "greeting.named": "Bonjour {name},",
  "greeting.plain": "Bonjour,",

  "fact.line": "{label} : {value}",
  "subject.product": "{subject} – {product}",
  "fact.product": "Produit",
  "fact.amount": "Montant",
  "fact.date": "Date du paiement",
  "fact.card": "Carte",
  "fact.method": "Moyen de paiement",
  "fact.next_attempt": "Prochaine tentative",
  "fact.pay_by": "À payer avant le",
  "fact.payable_until": "Payable jusqu’au",
  "card.branded": "{brand} se terminant par {lastFour}",
  "card.unbranded": "se terminant par {lastFour}",

  "reason.declined": "Votre banque n’a pas autorisé le paiement.",
  "reason.funds": "Le solde disponible n’était pas suffisant.",
  "reason.limit": "Un plafond de votre carte ou de votre compte a été atteint.",
  "reason.expired": "La carte a expiré.",
  "reason.not_activated": "La carte n’a pas encore été activée.",
  "reason.confirmation": "Le paiement n’a pas été confirmé auprès de votre banque.",
  "reason.details": "Les informations de paiement n’ont pas été acceptées.",
  "reason.permission": "Nous n’avons pas d’autorisation valide pour débiter ce moyen de paiement.",
  "reason.unsupported": "Ce moyen de paiement ne peut pas être utilisé pour ce paiement.",
  "reason.technical": "Un problème technique est survenu lors de l’échange avec votre banque.",

  "failed.what": "Nous n’avons pas pu traiter votre paiement de {amount}. {reason}",
  "retry.unknown_day": "Nous réessaierons dans les prochains jours.",
  "button.pay": "Finaliser le paiement",
  "button.confirm": "Confirmer le paiement",
  "button.contact": "Nous contacter",

  "payment_failed.subject": "Votre paiement de {amount} n’a pas abouti",
  "payment_failed.heading": "Votre paiement n’a pas abouti",
  "payment_failed.next": "Vous n’avez rien à faire. Nous réessaierons le {day}.",
  "payment_failed.after":
    "Si vous préférez ne pas attendre, vous pouvez finaliser le paiement dès maintenant, avec une autre carte si vous le souhaitez. Le montant ne sera pas débité deux fois.",

  "retry_ahead.subject": "Nouvelle tentative pour votre paiement de {amount}",
  "retry_ahead.heading": "Nouvelle tentative pour votre paiement",
  "retry_ahead.what": "Votre paiement de {amount} n’a pas encore abouti.",
  "retry_ahead.next":
    "Nous réessaierons le {day}. Merci de vérifier que votre moyen de paiement pourra être débité à cette date, ou de finaliser le paiement dès maintenant.",

  "action_needed.subject": "Merci de finaliser votre paiement de {amount}",
  "action_needed.heading": "Merci de finaliser votre paiement",
  "action_needed.next_other":
    "Nous ne débiterons plus ce moyen de paiement. Merci de finaliser votre paiement avec un autre au plus tard le {day}, afin que votre abonnement puisse se poursuivre.",
  "action_needed.next_again":
    "Nous ne réessaierons pas automatiquement. Merci de finaliser votre paiement au plus tard le {day}, afin que votre abonnement puisse se poursuivre. Vous pouvez saisir à nouveau vos informations de paiement ou choisir un autre moyen de paiement.",
  "action_needed.after": "Cela prend environ une minute.",

  "authentication.subject": "Merci de confirmer votre paiement de {amount}",
  "authentication.heading": "Merci de confirmer votre paiement",
  "authentication.what":
    "Votre banque vous demande de confirmer votre paiement de {amount}. Vous êtes la seule personne à pouvoir le faire.",
  "authentication.next":
    "Merci de finaliser votre paiement au plus tard le {day} en suivant les instructions de votre banque, afin que votre abonnement puisse se poursuivre.",
  "confirm.next_page":
    "Merci d’ouvrir la page de paiement et d’y suivre les instructions de votre banque, afin que votre abonnement puisse se poursuivre.",
  "confirm.next_bank":
    "Merci de confirmer le paiement dans l’application ou sur le site de votre banque. Si vous n’y trouvez rien à confirmer, merci de nous contacter.",

  "reminder.subject": "Rappel : votre paiement de {amount} est toujours en attente",
  "reminder.heading": "Votre paiement est toujours en attente",
  "reminder.what": "Nous n’avons pas encore reçu votre paiement de {amount}.",
  "reminder.next":
    "Merci de finaliser votre paiement au plus tard le {day}, afin que votre abonnement puisse se poursuivre.",

  "last_chance.subject":
    "{days, plural, =0 {Aujourd’hui, dernier jour pour régler {amount}} one {Plus que # jour pour régler {amount}} other {Plus que # jours pour régler {amount}}}",
  "last_chance.heading": "Ceci est notre dernier rappel",
  "last_chance.next":
    "Merci de finaliser votre paiement au plus tard le {day}. Passé cette date, votre abonnement pourra prendre fin.",
  "last_chance.next_cancel":
    "Merci de finaliser votre paiement au plus tard le {day}. Si nous ne l’avons pas reçu à cette date, votre abonnement sera résilié.",

  "recovered.subject": "Merci : votre paiement de {amount} a bien été effectué",
  "recovered.heading": "Merci, votre paiement a bien été effectué",
  "recovered.what":
    "Nous avons bien reçu votre paiement de {amount}. Votre abonnement se poursuit.",
  "recovered.next": "Vous n’avez plus rien à faire.",

  "cancelled.subject": "Votre abonnement a été résilié",
  "cancelled.heading": "Votre abonnement a été résilié",
  "cancelled.what":
    "Nous n’avons pas reçu votre paiement de {amount}. Nous avons donc résilié votre abonnement.",
  "cancelled.next": "Plus rien ne vous sera débité à ce titre.",
  "cancelled.after": "Ce sera toujours un plaisir de vous retrouver.",

  "checkout.try_again": "Vous pouvez réessayer, avec une autre carte si vous le souhaitez.",
  "checkout.not_charged": "Rien ne sera débité tant que vous n’aurez pas finalisé le paiement.",
  "checkout.order_again": "Si cela vous intéresse toujours, merci de passer une nouvelle commande.",
  "checkout_abandoned.subject": "Votre paiement de {amount} n’a pas été finalisé",
  "checkout_abandoned.heading": "Votre paiement n’a pas été finalisé",
  "checkout_abandoned.what":
    "Vous avez commencé un paiement de {amount} sans le finaliser. Rien n’a été débité.",
  "checkout_abandoned.next": "Vous pouvez le reprendre là où vous l’avez laissé.",
  "checkout_authentication.what":
    "Votre paiement de {amount} doit encore être confirmé auprès de votre banque. Rien n’a été débité.",
  "checkout_authentication.next": "Vous pouvez le finaliser maintenant.",

  "link.fallback": "Si le bouton ne fonctionne pas, ouvrez ce lien :",
  "footer.safety": "Nous ne demandons jamais les données de votre carte par e-mail.",
  "footer.why": "Vous recevez cet e-mail au sujet d’un paiement destiné à {brand}.",
  "footer.questions": "Une question ? Nous sommes là pour vous aider :",

  "page.owed.title": "Finaliser votre paiement",
  "page.owed.text": "Votre dernier paiement n’a pas abouti.",
  "page.owed.button": "Continuer vers le paiement sécurisé",
  "page.owed.after":
    "Le bouton vous mène à une page de paiement sécurisée. Le débit n’a lieu qu’après votre confirmation sur cette page.",
  "page.declined.text":
    "Ce paiement n’a pas été autorisé, et rien n’a été débité. Vous pouvez réessayer, avec un autre moyen de paiement si vous le souhaitez.",
  "page.confirm.text":
    "Votre banque vous demande de confirmer ce paiement. Vous êtes la seule personne à pouvoir le faire.",
  "page.processing.title": "Votre paiement est en cours de traitement",
  "page.processing.text": "Vous n’avez rien à faire. Cette page s’actualise automatiquement.",
  "page.processing.refresh": "Actualiser maintenant",
  "page.late.text":
    "Nous n’avons pas reçu ce paiement et votre abonnement est suspendu. Vous pouvez encore payer. Montant à régler :",
  "page.checking.title": "Un instant, s’il vous plaît",
  "page.checking.text":
    "Nous vérifions le montant à régler. Cette page s’actualise automatiquement.",
  "page.unpaid.title": "Ce paiement est toujours dû",
  "page.unpaid.text":
    "Nous n’avons pas reçu ce paiement, et il ne peut plus être effectué sur cette page. Montant à régler :",
  "page.unpaid.ask":
    "Veuillez nous contacter : répondez à notre e-mail ou adressez-vous à notre service client.",
  "page.paid.title": "Merci, votre paiement a bien été effectué",
  "page.paid.text": "Vous n’avez plus rien à faire. Vous pouvez fermer cette page.",
  "page.nothing_owed.title": "Il n’y a rien à payer ici",
  "page.nothing_owed.text":
    "Aucun paiement n’est attendu par ce lien. Vous pouvez fermer cette page.",
  "page.cancelled.title": "Cet abonnement a pris fin",
  "page.cancelled.text": "Plus rien ne vous sera débité à ce titre. Vous pouvez fermer cette page.",
  "page.reminders.title": "Arrêter les rappels pour ce paiement ?",
  "page.reminders.text":
    "Vous ne recevrez plus d’e-mails de rappel pour ce paiement. Le montant reste dû, et vous pouvez toujours le régler avec le lien dans nos e-mails.",
  "page.reminders.button": "Arrêter les rappels",
  "page.reminders_stopped.title": "Vous ne recevrez plus de rappels",
  "page.reminders_stopped.text":
    "Le montant reste dû. Vous pouvez toujours le régler avec le lien dans nos e-mails.",
  "page.expired.title": "Ce lien a expiré",
  "page.expired.text":
    "Vous ne pouvez plus utiliser ce lien. Si vous souhaitez encore payer, merci de nous contacter.",
  "page.unknown.title": "Ce lien n’est pas valide",
  "page.unknown.text":
    "Merci d’ouvrir à nouveau le lien reçu par e-mail, ou de le copier en entier dans votre navigateur.",
  "page.unavailable.title": "Cette page est momentanément indisponible",
  "page.unavailable.text":
    "Rien n’a été débité sur cette page. Merci de réessayer dans quelques minutes.",
  "page.questions": "Une question ? Nous sommes là pour vous aider :",
};

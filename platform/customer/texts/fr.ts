import type { Texts } from "./en.ts";

/** French: vous. */
export const fr: Texts = {
  "greeting.named": "Bonjour {name},",
  "greeting.plain": "Bonjour,",

  "fact.line": "{label} : {value}",
  "fact.amount": "Montant",
  "fact.card": "Carte",
  "fact.method": "Moyen de paiement",
  "fact.next_attempt": "Prochaine tentative",
  "fact.pay_by": "À payer avant le",
  "card.branded": "{brand} se terminant par {lastFour}",
  "card.unbranded": "se terminant par {lastFour}",

  "reason.declined": "Votre banque n’a pas autorisé le paiement.",
  "reason.funds": "Le solde disponible n’était pas suffisant.",
  "reason.limit": "Un plafond de votre carte ou de votre compte a été atteint.",
  "reason.expired": "La carte a expiré.",
  "reason.not_activated": "La carte n’a pas encore été activée.",
  "reason.confirmation": "Il n’a pas été confirmé auprès de votre banque.",
  "reason.details": "Les informations de paiement n’ont pas été acceptées.",
  "reason.permission":
    "Votre autorisation de prélever ce moyen de paiement manque ou n’est plus valable.",
  "reason.unsupported": "Ce moyen de paiement ne peut pas être utilisé dans ce cas.",
  "reason.technical": "Un problème technique est survenu lors de l’échange avec votre banque.",

  "failed.what": "Nous n’avons pas pu encaisser votre paiement de {amount}. {reason}",
  "retry.unknown_day": "Nous réessaierons dans les prochains jours.",
  "button.pay": "Payer maintenant",
  "button.update": "Changer de moyen de paiement",
  "button.confirm": "Confirmer le paiement",
  "button.contact": "Nous contacter",

  "payment_failed.subject": "Votre paiement de {amount} n’a pas abouti",
  "payment_failed.heading": "Votre paiement n’a pas abouti",
  "payment_failed.next": "Vous n’avez rien à faire : nous réessaierons le {day}.",
  "payment_failed.after":
    "Si vous préférez ne pas attendre, vous pouvez payer dès maintenant, avec une autre carte si vous le souhaitez. Le montant ne sera pas débité deux fois.",

  "retry_ahead.subject": "Nous allons retenter votre paiement de {amount}",
  "retry_ahead.heading": "Nous allons retenter votre paiement",
  "retry_ahead.what": "Votre paiement de {amount} est toujours en attente.",
  "retry_ahead.next":
    "Nous le retenterons le {day}. Merci de vérifier que votre moyen de paiement pourra être débité à cette date, ou de payer dès maintenant.",

  "action_needed.subject": "Merci de mettre à jour votre moyen de paiement : {amount} à régler",
  "action_needed.heading": "Merci de mettre à jour votre moyen de paiement",
  "action_needed.next_other":
    "Nous n’utiliserons plus ce moyen de paiement. Merci d’en choisir un autre et de payer au plus tard le {day}, pour que votre abonnement se poursuive.",
  "action_needed.next_again":
    "Nous ne réessaierons pas de nous-mêmes. Merci de saisir à nouveau vos informations de paiement, ou de choisir un autre moyen de paiement, au plus tard le {day}, pour que votre abonnement se poursuive.",
  "action_needed.after": "Cela prend environ une minute.",

  "authentication.subject": "Merci de confirmer votre paiement de {amount}",
  "authentication.heading": "Merci de confirmer votre paiement",
  "authentication.what":
    "Votre banque vous demande de confirmer votre paiement de {amount}. Cette étape ne peut être faite que par vous.",
  "authentication.next":
    "Cliquez sur le bouton et suivez les instructions de votre banque au plus tard le {day}, pour que votre abonnement se poursuive.",

  "reminder.subject": "Rappel : votre paiement de {amount} est toujours en attente",
  "reminder.heading": "Votre paiement est toujours en attente",
  "reminder.what": "Nous n’avons pas encore reçu votre paiement de {amount}.",
  "reminder.next": "Merci de payer au plus tard le {day}, pour que votre abonnement se poursuive.",

  "last_chance.subject":
    "{days, plural, =0 {Dernier jour pour régler {amount}} one {Plus que # jour pour régler {amount}} other {Plus que # jours pour régler {amount}}}",
  "last_chance.heading": "Ceci est notre dernier rappel",
  "last_chance.next":
    "Merci de payer au plus tard le {day}. Passé cette date, ce lien ne fonctionnera plus et votre abonnement pourra prendre fin.",
  "last_chance.next_cancel":
    "Merci de payer au plus tard le {day}. Si nous n’avons pas reçu votre paiement à cette date, votre abonnement sera résilié.",

  "recovered.subject": "Merci : votre paiement de {amount} a bien été effectué",
  "recovered.heading": "Merci, votre paiement a bien été effectué",
  "recovered.what":
    "Nous avons bien reçu votre paiement de {amount} et votre abonnement se poursuit.",
  "recovered.next": "Vous n’avez plus rien à faire.",

  "cancelled.subject": "Votre abonnement a été résilié",
  "cancelled.heading": "Votre abonnement a été résilié",
  "cancelled.what":
    "Nous n’avons pas pu encaisser votre paiement de {amount} ; votre abonnement a donc été résilié.",
  "cancelled.next": "Plus rien ne vous sera débité à ce titre.",
  "cancelled.after": "Ce sera toujours un plaisir de vous retrouver.",

  "checkout.try_again": "Vous pouvez réessayer, avec une autre carte si vous le souhaitez.",
  "checkout.not_charged": "Rien ne sera débité si vous ne payez pas.",
  "checkout.order_again": "Si vous le souhaitez toujours, merci de passer une nouvelle commande.",
  "checkout_abandoned.subject": "Votre paiement de {amount} n’est pas terminé",
  "checkout_abandoned.heading": "Votre paiement n’est pas terminé",
  "checkout_abandoned.what":
    "Vous avez commencé à payer {amount} sans aller jusqu’au bout. Rien n’a été débité.",
  "checkout_abandoned.next": "Vous pouvez reprendre à tout moment.",
  "checkout_authentication.what":
    "Votre paiement de {amount} doit être confirmé auprès de votre banque, ce qui n’a pas encore été fait. Rien n’a été débité.",
  "checkout_authentication.next": "Vous pouvez le confirmer maintenant.",

  "link.fallback": "Si le bouton ne fonctionne pas, ouvrez cette adresse :",
  "footer.safety": "Nous ne demandons jamais les données de votre carte par e-mail.",
  "footer.why": "Vous recevez ce message parce que vous avez un abonnement chez {brand}.",
  "footer.questions": "Une question ? Nous sommes là pour vous aider :",

  "page.owed.title": "Régler votre abonnement",
  "page.owed.text": "Votre dernier paiement n’a pas abouti. Voici le montant à régler :",
  "page.owed.button": "Continuer vers le paiement sécurisé",
  "page.owed.after":
    "Le bouton vous mène à une page de paiement sécurisée. Le débit n’a lieu qu’après votre confirmation sur cette page.",
  "page.declined.text":
    "Le paiement n’a pas été autorisé cette fois-ci, et rien n’a été débité. Vous pouvez réessayer, avec un autre moyen de paiement si vous le souhaitez.",
  "page.processing.title": "Votre paiement est en cours de traitement",
  "page.processing.text": "Vous n’avez rien à faire. Cette page s’actualise d’elle-même.",
  "page.processing.again": "Actualiser",
  "page.paid.title": "Merci, votre paiement a bien été effectué",
  "page.paid.text": "Vous n’avez plus rien à faire. Vous pouvez fermer cette page.",
  "page.nothing_owed.title": "Aucun montant à régler",
  "page.nothing_owed.text": "Il n’y a plus rien à payer ici. Vous pouvez fermer cette page.",
  "page.cancelled.title": "Cet abonnement a pris fin",
  "page.cancelled.text": "Plus rien ne sera débité. Vous pouvez fermer cette page.",
  "page.reminders.title": "Ne plus recevoir de rappels pour ce paiement ?",
  "page.reminders.text":
    "Vous ne recevrez plus de rappels par e-mail à ce sujet. Le montant reste dû, et le lien dans nos e-mails fonctionne toujours.",
  "page.reminders.button": "Arrêter les rappels",
  "page.reminders_stopped.title": "Vous ne recevrez plus de rappels",
  "page.reminders_stopped.text":
    "Le montant reste dû. Vous pouvez toujours le régler avec le lien dans nos e-mails.",
  "page.expired.title": "Ce lien a expiré",
  "page.expired.text":
    "Il ne permet plus de payer. Si vous souhaitez encore payer, merci de nous écrire.",
  "page.unknown.title": "Ce lien n’est pas valable",
  "page.unknown.text":
    "Merci d’ouvrir à nouveau le lien reçu par e-mail, complet et sans modification.",
  "page.unavailable.title": "Ce n’est pas possible pour le moment",
  "page.unavailable.text": "Rien n’a été débité. Merci de réessayer dans quelques minutes.",
  "page.questions": "Une question ? Nous sommes là pour vous aider :",
};

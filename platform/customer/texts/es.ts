import type { Texts } from "./en.ts";

/** Spanish, neutral between Spain and Latin America: usted. */
export const es: Texts = {
  "greeting.named": "Hola, {name}:",
  "greeting.plain": "Hola:",

  "fact.line": "{label}: {value}",
  "fact.amount": "Importe",
  "fact.card": "Tarjeta",
  "fact.method": "Método de pago",
  "fact.next_attempt": "Próximo intento",
  "fact.pay_by": "Fecha límite de pago",
  "card.branded": "{brand} terminada en {lastFour}",
  "card.unbranded": "terminada en {lastFour}",

  "reason.declined": "Su banco no aprobó el pago.",
  "reason.funds": "No había saldo suficiente.",
  "reason.limit": "Se alcanzó un límite de su tarjeta o de su cuenta.",
  "reason.expired": "La tarjeta ha caducado.",
  "reason.not_activated": "La tarjeta todavía no está activada.",
  "reason.confirmation": "No se confirmó con su banco.",
  "reason.details": "Los datos de pago no fueron aceptados.",
  "reason.permission":
    "Falta su autorización para cobrar con este método de pago, o ya no es válida.",
  "reason.unsupported": "Este método de pago no se puede usar en este caso.",
  "reason.technical": "Hubo un problema técnico en la comunicación con su banco.",

  "failed.what": "No pudimos cobrar su pago de {amount}. {reason}",
  "retry.unknown_day": "Lo intentaremos de nuevo en los próximos días.",
  "button.pay": "Pagar ahora",
  "button.update": "Actualizar el método de pago",
  "button.confirm": "Confirmar el pago",
  "button.contact": "Contactar",

  "payment_failed.subject": "No se pudo completar su pago de {amount}",
  "payment_failed.heading": "No se pudo completar su pago",
  "payment_failed.next": "No tiene que hacer nada: lo intentaremos de nuevo el {day}.",
  "payment_failed.after":
    "Si prefiere no esperar, puede pagar ahora, también con otra tarjeta. No se le cobrará dos veces.",

  "retry_ahead.subject": "Volveremos a intentar su pago de {amount}",
  "retry_ahead.heading": "Volveremos a intentar su pago",
  "retry_ahead.what": "Su pago de {amount} sigue pendiente.",
  "retry_ahead.next":
    "Lo intentaremos de nuevo el {day}. Compruebe, por favor, que para entonces se pueda cobrar con su método de pago, o pague ahora.",

  "action_needed.subject": "Actualice su método de pago: {amount} pendientes",
  "action_needed.heading": "Actualice su método de pago",
  "action_needed.next_other":
    "No volveremos a usar este método de pago. Por favor, elija otro y pague a más tardar el {day} para que su suscripción pueda continuar.",
  "action_needed.next_again":
    "No lo intentaremos de nuevo por nuestra cuenta. Por favor, introduzca otra vez sus datos de pago o elija otro método a más tardar el {day} para que su suscripción pueda continuar.",
  "action_needed.after": "Solo lleva alrededor de un minuto.",

  "authentication.subject": "Confirme su pago de {amount}",
  "authentication.heading": "Confirme su pago",
  "authentication.what":
    "Su banco le pide que confirme su pago de {amount}. Solo usted puede hacerlo.",
  "authentication.next":
    "Por favor, pulse el botón y siga las instrucciones de su banco a más tardar el {day} para que su suscripción pueda continuar.",

  "reminder.subject": "Recordatorio: su pago de {amount} sigue pendiente",
  "reminder.heading": "Su pago sigue pendiente",
  "reminder.what": "Todavía no hemos recibido su pago de {amount}.",
  "reminder.next":
    "Por favor, pague a más tardar el {day} para que su suscripción pueda continuar.",

  "last_chance.subject":
    "{days, plural, =0 {Último día para pagar {amount}} one {Queda # día para pagar {amount}} other {Quedan # días para pagar {amount}}}",
  "last_chance.heading": "Este es nuestro último recordatorio",
  "last_chance.next":
    "Por favor, pague a más tardar el {day}. Después, este enlace dejará de funcionar y su suscripción podría terminar.",
  "last_chance.next_cancel":
    "Por favor, pague a más tardar el {day}. Si para entonces no hemos recibido su pago, su suscripción se cancelará.",

  "recovered.subject": "Gracias: hemos recibido su pago de {amount}",
  "recovered.heading": "Gracias, hemos recibido su pago",
  "recovered.what": "Su pago de {amount} se realizó correctamente y su suscripción continúa.",
  "recovered.next": "No tiene que hacer nada más.",

  "cancelled.subject": "Su suscripción ha sido cancelada",
  "cancelled.heading": "Su suscripción ha sido cancelada",
  "cancelled.what":
    "No pudimos cobrar su pago de {amount}, por lo que su suscripción ha sido cancelada.",
  "cancelled.next": "No se le cobrará nada más por ella.",
  "cancelled.after": "Será un gusto tenerle de vuelta cuando lo desee.",

  "checkout.try_again": "Puede intentarlo de nuevo, también con otra tarjeta.",
  "checkout.not_charged": "No se le cobrará nada a menos que pague.",
  "checkout.order_again": "Si todavía lo desea, haga el pedido otra vez, por favor.",
  "checkout_abandoned.subject": "Su pago de {amount} no se ha completado",
  "checkout_abandoned.heading": "Su pago no se ha completado",
  "checkout_abandoned.what": "Empezó a pagar {amount}, pero no terminó. No se le ha cobrado nada.",
  "checkout_abandoned.next": "Puede continuar donde lo dejó.",
  "checkout_authentication.what":
    "Su pago de {amount} debe confirmarse con su banco, y eso aún no ha ocurrido. No se le ha cobrado nada.",
  "checkout_authentication.next": "Puede confirmarlo ahora.",

  "link.fallback": "Si el botón no funciona, abra esta dirección:",
  "footer.safety": "Nunca pedimos los datos de su tarjeta por correo electrónico.",
  "footer.why": "Recibe este mensaje porque tiene una suscripción con {brand}.",
  "footer.questions": "¿Tiene alguna pregunta? Con gusto le ayudamos:",

  "page.owed.title": "Pagar su suscripción",
  "page.owed.text": "Su último pago no se pudo completar. Este es el importe pendiente:",
  "page.owed.button": "Continuar al pago seguro",
  "page.owed.after":
    "El botón le lleva a una página de pago segura. Solo se le cobrará cuando confirme allí.",
  "page.declined.text":
    "Esta vez el pago no fue aprobado y no se le ha cobrado nada. Puede intentarlo de nuevo, también con otro método de pago.",
  "page.processing.title": "Su pago se está procesando",
  "page.processing.text": "No tiene que hacer nada. Esta página se actualiza sola.",
  "page.processing.again": "Volver a comprobar",
  "page.paid.title": "Gracias, hemos recibido su pago",
  "page.paid.text": "No tiene que hacer nada más. Puede cerrar esta página.",
  "page.nothing_owed.title": "No hay nada pendiente",
  "page.nothing_owed.text": "Aquí ya no queda nada por pagar. Puede cerrar esta página.",
  "page.cancelled.title": "Esta suscripción ha terminado",
  "page.cancelled.text": "No se cobrará nada más. Puede cerrar esta página.",
  "page.reminders.title": "¿Dejar de recibir recordatorios de este pago?",
  "page.reminders.text":
    "No le enviaremos más recordatorios de este pago por correo electrónico. El pago sigue pendiente y el enlace de nuestros correos sigue funcionando.",
  "page.reminders.button": "No recibir más recordatorios",
  "page.reminders_stopped.title": "No recibirá más recordatorios",
  "page.reminders_stopped.text":
    "El pago sigue pendiente. Todavía puede pagarlo con el enlace de nuestros correos.",
  "page.expired.title": "Este enlace ha caducado",
  "page.expired.text": "Ya no sirve para pagar. Si todavía desea pagar, escríbanos, por favor.",
  "page.unknown.title": "Este enlace no es válido",
  "page.unknown.text":
    "Por favor, abra otra vez el enlace de nuestro correo, completo y sin cambios.",
  "page.unavailable.title": "En este momento no es posible",
  "page.unavailable.text":
    "No se le ha cobrado nada. Inténtelo de nuevo en unos minutos, por favor.",
  "page.questions": "¿Tiene alguna pregunta? Con gusto le ayudamos:",
};

import type { Texts } from "./en.ts";

/** Spanish, neutral between Spain and Latin America: usted. */
export const es: Texts = {
  "greeting.named": "Hola, {name}:",
  "greeting.plain": "Hola:",

  "fact.line": "{label}: {value}",
  "subject.product": "{subject} – {product}",
  "fact.product": "Producto",
  "fact.amount": "Importe",
  "fact.date": "Fecha",
  "fact.card": "Tarjeta",
  "fact.method": "Método de pago",
  "fact.next_attempt": "Próximo intento",
  "fact.pay_by": "Fecha límite de pago",
  "fact.payable_until": "Se puede pagar hasta",
  "card.branded": "{brand} terminada en {lastFour}",
  "card.unbranded": "terminada en {lastFour}",

  "reason.declined": "Su banco no aprobó el pago.",
  "reason.funds": "No había saldo suficiente.",
  "reason.limit": "Se alcanzó un límite de su tarjeta o de su cuenta.",
  "reason.expired": "La tarjeta ha caducado.",
  "reason.not_activated": "La tarjeta todavía no está activada.",
  "reason.confirmation": "El pago no se confirmó con su banco.",
  "reason.details": "Los datos de pago no fueron aceptados.",
  "reason.permission": "No hay una autorización válida para cobrar con este método de pago.",
  "reason.unsupported": "Este método de pago no se puede usar para este pago.",
  "reason.technical": "Hubo un problema técnico en la comunicación con su banco.",

  "failed.what": "No pudimos procesar su pago de {amount}. {reason}",
  "retry.unknown_day": "Lo intentaremos de nuevo en los próximos días.",
  "button.pay": "Completar el pago",
  "button.confirm": "Confirmar el pago",
  "button.contact": "Contáctenos",

  "payment_failed.subject": "No se pudo completar su pago de {amount}",
  "payment_failed.heading": "No se pudo completar su pago",
  "payment_failed.next": "No tiene que hacer nada. Lo intentaremos de nuevo el {day}.",
  "payment_failed.after":
    "Si prefiere no esperar, puede completar el pago ahora, también con otra tarjeta. No se le cobrará dos veces.",

  "retry_ahead.subject": "Volveremos a intentar procesar su pago de {amount}",
  "retry_ahead.heading": "Volveremos a intentar procesar su pago",
  "retry_ahead.what": "Su pago de {amount} todavía no se ha completado.",
  "retry_ahead.next":
    "Lo intentaremos de nuevo el {day}. Por favor, asegúrese de que para entonces se pueda cobrar con su método de pago, o complete el pago ahora.",

  "action_needed.subject": "Por favor, complete su pago de {amount}",
  "action_needed.heading": "Por favor, complete su pago",
  "action_needed.next_other":
    "No volveremos a cobrar con este método de pago. Por favor, complete el pago con otro a más tardar el {day} para que su suscripción pueda continuar.",
  "action_needed.next_again":
    "No lo intentaremos de nuevo automáticamente. Por favor, complete el pago a más tardar el {day} para que su suscripción pueda continuar. Puede introducir de nuevo sus datos de pago o elegir otro método de pago.",
  "action_needed.after": "Lleva alrededor de un minuto.",

  "authentication.subject": "Por favor, confirme su pago de {amount}",
  "authentication.heading": "Por favor, confirme su pago",
  "authentication.what":
    "Su banco le pide que confirme su pago de {amount}. Solo usted puede hacerlo.",
  "authentication.next":
    "Por favor, complete el pago a más tardar el {day} y siga las instrucciones de su banco para que su suscripción pueda continuar.",
  "confirm.next_page":
    "Por favor, abra la página de pago y siga allí las instrucciones de su banco para que su suscripción pueda continuar.",
  "confirm.next_bank":
    "Por favor, confirme el pago en la aplicación o en el sitio web de su banco. Si allí no encuentra nada que confirmar, contáctenos, por favor.",

  "reminder.subject": "Recordatorio: su pago de {amount} sigue pendiente",
  "reminder.heading": "Su pago sigue pendiente",
  "reminder.what": "Todavía no hemos recibido su pago de {amount}.",
  "reminder.next":
    "Por favor, complete el pago a más tardar el {day} para que su suscripción pueda continuar.",

  "last_chance.subject":
    "{days, plural, =0 {Hoy es el último día para pagar {amount}} one {Queda # día para pagar {amount}} other {Quedan # días para pagar {amount}}}",
  "last_chance.heading": "Este es nuestro último recordatorio",
  "last_chance.next":
    "Por favor, complete el pago a más tardar el {day}. Después de esa fecha, su suscripción podría terminar.",
  "last_chance.next_cancel":
    "Por favor, complete el pago a más tardar el {day}. Si para entonces no lo hemos recibido, su suscripción se cancelará.",

  "recovered.subject": "Gracias: hemos recibido su pago de {amount}",
  "recovered.heading": "Gracias, hemos recibido su pago",
  "recovered.what": "Hemos recibido su pago de {amount}. Su suscripción continúa.",
  "recovered.next": "No tiene que hacer nada más.",

  "cancelled.subject": "Su suscripción ha sido cancelada",
  "cancelled.heading": "Su suscripción ha sido cancelada",
  "cancelled.what":
    "No hemos recibido su pago de {amount}, por lo que hemos cancelado su suscripción.",
  "cancelled.next": "No se le cobrará nada más por ella.",
  "cancelled.after": "Será un gusto tenerle de vuelta cuando lo desee.",

  "checkout.try_again": "Puede intentarlo de nuevo, también con otra tarjeta.",
  "checkout.not_charged": "No se le cobrará nada mientras no complete el pago.",
  "checkout.order_again": "Si todavía le interesa, haga el pedido de nuevo, por favor.",
  "checkout_abandoned.subject": "Su pago de {amount} no se ha completado",
  "checkout_abandoned.heading": "Su pago no se ha completado",
  "checkout_abandoned.what":
    "Empezó un pago de {amount}, pero no lo completó. No se le ha cobrado nada.",
  "checkout_abandoned.next": "Puede continuar donde lo dejó.",
  "checkout_authentication.what":
    "Su pago de {amount} todavía debe confirmarse con su banco. No se le ha cobrado nada.",
  "checkout_authentication.next": "Puede completarlo ahora.",

  "link.fallback": "Si el botón no funciona, abra este enlace:",
  "footer.safety": "Nunca pedimos los datos de su tarjeta por correo electrónico.",
  "footer.why": "Recibe este correo por un pago a {brand}.",
  "footer.questions": "¿Tiene alguna pregunta? Con gusto le ayudamos:",

  "page.owed.title": "Complete su pago",
  "page.owed.text": "Su último pago no se pudo completar.",
  "page.owed.button": "Continuar al pago seguro",
  "page.owed.after":
    "El botón le lleva a una página de pago segura. Solo se le cobrará cuando confirme allí.",
  "page.declined.text":
    "Este pago no fue aprobado y no se le ha cobrado nada. Puede intentarlo de nuevo, también con otro método de pago.",
  "page.confirm.text": "Su banco le pide que confirme este pago. Solo usted puede hacerlo.",
  "page.processing.title": "Su pago se está procesando",
  "page.processing.text": "No tiene que hacer nada. Esta página se actualiza automáticamente.",
  "page.processing.refresh": "Actualizar ahora",
  "page.late.text":
    "No hemos recibido este pago y su suscripción está en espera. Todavía puede pagar. Importe pendiente:",
  "page.checking.title": "Un momento, por favor",
  "page.checking.text":
    "Estamos comprobando el importe pendiente. Esta página se actualiza automáticamente.",
  "page.unpaid.title": "Este pago sigue pendiente",
  "page.unpaid.text":
    "No hemos recibido este pago y ya no se puede realizar en esta página. Importe pendiente:",
  "page.unpaid.ask":
    "Póngase en contacto con nosotros: responda a nuestro correo o consulte a nuestro servicio de atención al cliente.",
  "page.paid.title": "Gracias, hemos recibido su pago",
  "page.paid.text": "No tiene que hacer nada más. Puede cerrar esta página.",
  "page.nothing_owed.title": "Aquí no hay nada que pagar",
  "page.nothing_owed.text":
    "No hay ningún pago pendiente en este enlace. Puede cerrar esta página.",
  "page.cancelled.title": "Esta suscripción ha terminado",
  "page.cancelled.text": "No se le cobrará nada más por ella. Puede cerrar esta página.",
  "page.reminders.title": "¿Dejar de recibir recordatorios de este pago?",
  "page.reminders.text":
    "Ya no recibirá recordatorios de este pago por correo electrónico. El pago sigue pendiente y puede completarlo con el enlace de nuestros correos.",
  "page.reminders.button": "Dejar de recibir recordatorios",
  "page.reminders_stopped.title": "No recibirá más recordatorios",
  "page.reminders_stopped.text":
    "El pago sigue pendiente. Todavía puede completarlo con el enlace de nuestros correos.",
  "page.expired.title": "Este enlace ha caducado",
  "page.expired.text":
    "Este enlace ya no se puede usar. Si todavía desea pagar, contáctenos, por favor.",
  "page.unknown.title": "Este enlace no es válido",
  "page.unknown.text":
    "Por favor, abra de nuevo el enlace de nuestro correo, o cópielo completo en su navegador.",
  "page.unavailable.title": "Esta página no está disponible por el momento",
  "page.unavailable.text":
    "No se ha cobrado nada en esta página. Inténtelo de nuevo en unos minutos, por favor.",
  "page.questions": "¿Tiene alguna pregunta? Con gusto le ayudamos:",
};

import type { Texts } from "./en.ts";

/** Portuguese, of Brazil and readable in Portugal: você, and left out where it can be. */
export const pt: Texts = {
  "greeting.named": "Olá, {name}!",
  "greeting.plain": "Olá!",

  "fact.line": "{label}: {value}",
  "subject.product": "{subject} – {product}",
  "fact.product": "Produto",
  "fact.amount": "Valor",
  "fact.date": "Data",
  "fact.card": "Cartão",
  "fact.method": "Forma de pagamento",
  "fact.next_attempt": "Próxima tentativa",
  "fact.pay_by": "Pagar até",
  "fact.payable_until": "Pode ser pago até",
  "card.branded": "{brand} com final {lastFour}",
  "card.unbranded": "com final {lastFour}",

  "reason.declined": "O seu banco não aprovou o pagamento.",
  "reason.funds": "Não havia saldo suficiente.",
  "reason.limit": "Um limite do seu cartão ou da sua conta foi atingido.",
  "reason.expired": "O cartão está vencido.",
  "reason.not_activated": "O cartão ainda não foi ativado.",
  "reason.confirmation": "O pagamento não foi confirmado com o seu banco.",
  "reason.details": "Os dados de pagamento não foram aceitos.",
  "reason.permission": "Não há uma autorização válida para cobrar esta forma de pagamento.",
  "reason.unsupported": "Esta forma de pagamento não pode ser usada para este pagamento.",
  "reason.technical": "Houve um problema técnico na comunicação com o seu banco.",

  "failed.what": "Não conseguimos processar o seu pagamento de {amount}. {reason}",
  "retry.unknown_day": "Tentaremos de novo nos próximos dias.",
  "button.pay": "Concluir o pagamento",
  "button.confirm": "Confirmar o pagamento",
  "button.contact": "Fale conosco",

  "payment_failed.subject": "O seu pagamento de {amount} não foi concluído",
  "payment_failed.heading": "O seu pagamento não foi concluído",
  "payment_failed.next": "Não é preciso fazer nada. Tentaremos de novo em {day}.",
  "payment_failed.after":
    "Se preferir não esperar, pode concluir o pagamento agora, até com outro cartão. O valor não será cobrado duas vezes.",

  "retry_ahead.subject": "Vamos tentar de novo processar o seu pagamento de {amount}",
  "retry_ahead.heading": "Vamos tentar de novo processar o seu pagamento",
  "retry_ahead.what": "O seu pagamento de {amount} ainda não foi concluído.",
  "retry_ahead.next":
    "Tentaremos de novo em {day}. Por favor, verifique se a sua forma de pagamento poderá ser cobrada nessa data, ou conclua o pagamento agora.",

  "action_needed.subject": "Por favor, conclua o seu pagamento de {amount}",
  "action_needed.heading": "Por favor, conclua o seu pagamento",
  "action_needed.next_other":
    "Não cobraremos mais esta forma de pagamento. Por favor, conclua o pagamento com outra até {day} para que a sua assinatura continue.",
  "action_needed.next_again":
    "Não tentaremos de novo automaticamente. Por favor, conclua o pagamento até {day} para que a sua assinatura continue. Você pode informar novamente os seus dados de pagamento ou escolher outra forma de pagamento.",
  "action_needed.after": "Leva cerca de um minuto.",

  "authentication.subject": "Por favor, confirme o seu pagamento de {amount}",
  "authentication.heading": "Por favor, confirme o seu pagamento",
  "authentication.what":
    "O seu banco pede que você confirme o seu pagamento de {amount}. Só você pode fazer isso.",
  "authentication.next":
    "Por favor, conclua o pagamento até {day} e siga as instruções do seu banco para que a sua assinatura continue.",
  "confirm.next_page":
    "Por favor, abra a página de pagamento e siga lá as instruções do seu banco para que a sua assinatura continue.",
  "confirm.next_bank":
    "Por favor, confirme o pagamento no aplicativo ou no site do seu banco. Se não encontrar nada para confirmar, entre em contato conosco, por favor.",

  "reminder.subject": "Lembrete: o seu pagamento de {amount} ainda está em aberto",
  "reminder.heading": "O seu pagamento ainda está em aberto",
  "reminder.what": "Ainda não recebemos o seu pagamento de {amount}.",
  "reminder.next": "Por favor, conclua o pagamento até {day} para que a sua assinatura continue.",

  "last_chance.subject":
    "{days, plural, =0 {Hoje é o último dia para pagar {amount}} one {Falta # dia para pagar {amount}} other {Faltam # dias para pagar {amount}}}",
  "last_chance.heading": "Este é o nosso último lembrete",
  "last_chance.next":
    "Por favor, conclua o pagamento até {day}. Depois disso, a sua assinatura poderá terminar.",
  "last_chance.next_cancel":
    "Por favor, conclua o pagamento até {day}. Se não o recebermos até lá, a sua assinatura será cancelada.",

  "recovered.subject": "Obrigado: recebemos o seu pagamento de {amount}",
  "recovered.heading": "Obrigado, recebemos o seu pagamento",
  "recovered.what": "Recebemos o seu pagamento de {amount}. A sua assinatura continua.",
  "recovered.next": "Não é preciso fazer mais nada.",

  "cancelled.subject": "A sua assinatura foi cancelada",
  "cancelled.heading": "A sua assinatura foi cancelada",
  "cancelled.what":
    "Não recebemos o seu pagamento de {amount}, por isso cancelamos a sua assinatura.",
  "cancelled.next": "Nada mais será cobrado por ela.",
  "cancelled.after": "Será um prazer receber você de volta quando quiser.",

  "checkout.try_again": "Pode tentar de novo, até com outro cartão.",
  "checkout.not_charged": "Nada será cobrado enquanto o pagamento não for concluído.",
  "checkout.order_again": "Se ainda tiver interesse, faça o pedido novamente, por favor.",
  "checkout_abandoned.subject": "O seu pagamento de {amount} ainda não foi concluído",
  "checkout_abandoned.heading": "O seu pagamento ainda não foi concluído",
  "checkout_abandoned.what":
    "O pagamento de {amount} foi iniciado, mas não foi concluído. Nada foi cobrado.",
  "checkout_abandoned.next": "Pode continuar de onde parou.",
  "checkout_authentication.what":
    "O seu pagamento de {amount} ainda precisa ser confirmado com o seu banco. Nada foi cobrado.",
  "checkout_authentication.next": "Pode concluí-lo agora.",

  "link.fallback": "Se o botão não funcionar, abra este link:",
  "footer.safety": "Nunca pedimos dados do cartão por e-mail.",
  "footer.why": "Você recebe este e-mail por causa de um pagamento para {brand}.",
  "footer.questions": "Alguma dúvida? Teremos prazer em ajudar:",

  "page.owed.title": "Concluir o seu pagamento",
  "page.owed.text": "O seu último pagamento não foi concluído.",
  "page.owed.button": "Continuar para o pagamento seguro",
  "page.owed.after":
    "O botão leva a uma página de pagamento segura. A cobrança só é feita depois que você confirmar lá.",
  "page.declined.text":
    "Este pagamento não foi aprovado e nada foi cobrado. Pode tentar de novo, até com outra forma de pagamento.",
  "page.confirm.text":
    "O seu banco pede que você confirme este pagamento. Só você pode fazer isso.",
  "page.processing.title": "O seu pagamento está sendo processado",
  "page.processing.text": "Não é preciso fazer nada. Esta página é atualizada automaticamente.",
  "page.processing.refresh": "Atualizar agora",
  "page.late.text":
    "Não recebemos este pagamento e a sua assinatura está suspensa. Ainda é possível pagar. Valor em aberto:",
  "page.checking.title": "Um momento, por favor",
  "page.checking.text":
    "Estamos verificando o que está em aberto. Esta página é atualizada automaticamente.",
  "page.unpaid.title": "Este pagamento continua em aberto",
  "page.unpaid.text":
    "Não recebemos este pagamento, e ele já não pode ser feito nesta página. Valor em aberto:",
  "page.unpaid.ask":
    "Entre em contato conosco: responda ao nosso e-mail ou fale com o nosso atendimento.",
  "page.paid.title": "Obrigado, recebemos o seu pagamento",
  "page.paid.text": "Não é preciso fazer mais nada. Pode fechar esta página.",
  "page.nothing_owed.title": "Não há nada a pagar aqui",
  "page.nothing_owed.text": "Não há pagamento em aberto neste link. Pode fechar esta página.",
  "page.cancelled.title": "Esta assinatura terminou",
  "page.cancelled.text": "Nada mais será cobrado por ela. Pode fechar esta página.",
  "page.reminders.title": "Parar de receber lembretes deste pagamento?",
  "page.reminders.text":
    "Você não receberá mais lembretes deste pagamento por e-mail. O pagamento continua em aberto, e ainda pode ser concluído com o link dos nossos e-mails.",
  "page.reminders.button": "Parar de receber lembretes",
  "page.reminders_stopped.title": "Você não receberá mais lembretes",
  "page.reminders_stopped.text":
    "O pagamento continua em aberto. Você ainda pode concluí-lo com o link dos nossos e-mails.",
  "page.expired.title": "Este link expirou",
  "page.expired.text":
    "Este link não pode mais ser usado. Se ainda quiser pagar, entre em contato conosco, por favor.",
  "page.unknown.title": "Este link não é válido",
  "page.unknown.text":
    "Por favor, abra novamente o link do nosso e-mail, ou copie o link completo para o seu navegador.",
  "page.unavailable.title": "Esta página está temporariamente indisponível",
  "page.unavailable.text":
    "Nada foi cobrado nesta página. Por favor, tente de novo em alguns minutos.",
  "page.questions": "Alguma dúvida? Teremos prazer em ajudar:",
};

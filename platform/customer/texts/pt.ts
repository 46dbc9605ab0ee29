import type { Texts } from "./en.ts";

/** Portuguese, of Brazil and readable in Portugal: você, and left out where it can be. */
export const pt: Texts = {
  "greeting.named": "Olá, {name}!",
  "greeting.plain": "Olá!",

  "fact.line": "{label}: {value}",
  "fact.amount": "Valor",
  "fact.card": "Cartão",
  "fact.method": "Forma de pagamento",
  "fact.next_attempt": "Próxima tentativa",
  "fact.pay_by": "Pagar até",
  "card.branded": "{brand} com final {lastFour}",
  "card.unbranded": "com final {lastFour}",

  "reason.declined": "O seu banco não aprovou o pagamento.",
  "reason.funds": "Não havia saldo suficiente.",
  "reason.limit": "Um limite do seu cartão ou da sua conta foi atingido.",
  "reason.expired": "O cartão está vencido.",
  "reason.not_activated": "O cartão ainda não foi ativado.",
  "reason.confirmation": "Ele não foi confirmado com o seu banco.",
  "reason.details": "Os dados de pagamento não foram aceitos.",
  "reason.permission":
    "Falta a sua autorização para cobrar esta forma de pagamento, ou ela não vale mais.",
  "reason.unsupported": "Esta forma de pagamento não pode ser usada neste caso.",
  "reason.technical": "Houve um problema técnico na comunicação com o seu banco.",

  "failed.what": "Não conseguimos cobrar o seu pagamento de {amount}. {reason}",
  "retry.unknown_day": "Tentaremos de novo nos próximos dias.",
  "button.pay": "Pagar agora",
  "button.update": "Atualizar forma de pagamento",
  "button.confirm": "Confirmar pagamento",
  "button.contact": "Fale conosco",

  "payment_failed.subject": "O seu pagamento de {amount} não foi concluído",
  "payment_failed.heading": "O seu pagamento não foi concluído",
  "payment_failed.next": "Não é preciso fazer nada: tentaremos de novo em {day}.",
  "payment_failed.after":
    "Se preferir não esperar, pode pagar agora, até com outro cartão. O valor não será cobrado duas vezes.",

  "retry_ahead.subject": "Vamos tentar de novo o seu pagamento de {amount}",
  "retry_ahead.heading": "Vamos tentar de novo o seu pagamento",
  "retry_ahead.what": "O seu pagamento de {amount} ainda está em aberto.",
  "retry_ahead.next":
    "Tentaremos de novo em {day}. Verifique, por favor, se a sua forma de pagamento poderá ser cobrada até lá, ou pague agora.",

  "action_needed.subject": "Atualize a sua forma de pagamento: {amount} em aberto",
  "action_needed.heading": "Atualize a sua forma de pagamento",
  "action_needed.next_other":
    "Não usaremos mais esta forma de pagamento. Por favor, escolha outra e pague até {day} para que a sua assinatura continue.",
  "action_needed.next_again":
    "Não tentaremos de novo por conta própria. Por favor, informe novamente os seus dados de pagamento ou escolha outra forma de pagamento até {day} para que a sua assinatura continue.",
  "action_needed.after": "Leva cerca de um minuto.",

  "authentication.subject": "Confirme o seu pagamento de {amount}",
  "authentication.heading": "Confirme o seu pagamento",
  "authentication.what":
    "O seu banco pede que confirme o seu pagamento de {amount}. Só você pode fazer isso.",
  "authentication.next":
    "Por favor, clique no botão e siga as instruções do seu banco até {day} para que a sua assinatura continue.",

  "reminder.subject": "Lembrete: o seu pagamento de {amount} ainda está em aberto",
  "reminder.heading": "O seu pagamento ainda está em aberto",
  "reminder.what": "Ainda não recebemos o seu pagamento de {amount}.",
  "reminder.next": "Por favor, pague até {day} para que a sua assinatura continue.",

  "last_chance.subject":
    "{days, plural, =0 {Último dia para pagar {amount}} one {Falta # dia para pagar {amount}} other {Faltam # dias para pagar {amount}}}",
  "last_chance.heading": "Este é o nosso último lembrete",
  "last_chance.next":
    "Por favor, pague até {day}. Depois disso, este link deixará de funcionar e a sua assinatura poderá terminar.",
  "last_chance.next_cancel":
    "Por favor, pague até {day}. Se não recebermos o seu pagamento até lá, a sua assinatura será cancelada.",

  "recovered.subject": "Obrigado: recebemos o seu pagamento de {amount}",
  "recovered.heading": "Obrigado, recebemos o seu pagamento",
  "recovered.what": "O seu pagamento de {amount} foi concluído e a sua assinatura continua.",
  "recovered.next": "Não é preciso fazer mais nada.",

  "cancelled.subject": "A sua assinatura foi cancelada",
  "cancelled.heading": "A sua assinatura foi cancelada",
  "cancelled.what":
    "Não conseguimos cobrar o seu pagamento de {amount}, por isso a sua assinatura foi cancelada.",
  "cancelled.next": "Nada mais será cobrado por ela.",
  "cancelled.after": "Será um prazer receber você de volta quando quiser.",

  "checkout.try_again": "Pode tentar de novo, até com outro cartão.",
  "checkout.not_charged": "Nada será cobrado se não pagar.",
  "checkout.order_again": "Se ainda tiver interesse, faça o pedido novamente, por favor.",
  "checkout_abandoned.subject": "O seu pagamento de {amount} não foi finalizado",
  "checkout_abandoned.heading": "O seu pagamento não foi finalizado",
  "checkout_abandoned.what":
    "O pagamento de {amount} foi iniciado, mas não foi finalizado. Nada foi cobrado.",
  "checkout_abandoned.next": "Pode continuar de onde parou.",
  "checkout_authentication.what":
    "O seu pagamento de {amount} precisa ser confirmado com o seu banco, e isso ainda não aconteceu. Nada foi cobrado.",
  "checkout_authentication.next": "Pode confirmar agora.",

  "link.fallback": "Se o botão não funcionar, abra este endereço:",
  "footer.safety": "Nunca pedimos dados do cartão por e-mail.",
  "footer.why": "Você recebe esta mensagem porque tem uma assinatura com {brand}.",
  "footer.questions": "Alguma dúvida? Teremos prazer em ajudar:",

  "page.owed.title": "Pagar a sua assinatura",
  "page.owed.text": "O seu último pagamento não foi concluído. Este é o valor em aberto:",
  "page.owed.button": "Continuar para o pagamento seguro",
  "page.owed.after":
    "O botão leva a uma página de pagamento segura. A cobrança só é feita depois que você confirmar lá.",
  "page.declined.text":
    "Desta vez o pagamento não foi aprovado e nada foi cobrado. Pode tentar de novo, até com outra forma de pagamento.",
  "page.processing.title": "O seu pagamento está sendo processado",
  "page.processing.text": "Não é preciso fazer nada. Esta página se atualiza sozinha.",
  "page.processing.again": "Verificar de novo",
  "page.paid.title": "Obrigado, recebemos o seu pagamento",
  "page.paid.text": "Não é preciso fazer mais nada. Pode fechar esta página.",
  "page.nothing_owed.title": "Não há nada em aberto",
  "page.nothing_owed.text": "Aqui não há mais nada a pagar. Pode fechar esta página.",
  "page.cancelled.title": "Esta assinatura terminou",
  "page.cancelled.text": "Nada mais será cobrado. Pode fechar esta página.",
  "page.reminders.title": "Parar de receber lembretes deste pagamento?",
  "page.reminders.text":
    "Você não receberá mais lembretes deste pagamento por e-mail. O pagamento continua em aberto, e o link dos nossos e-mails continua funcionando.",
  "page.reminders.button": "Parar os lembretes",
  "page.reminders_stopped.title": "Você não receberá mais lembretes",
  "page.reminders_stopped.text":
    "O pagamento continua em aberto. Você ainda pode pagá-lo com o link dos nossos e-mails.",
  "page.expired.title": "Este link expirou",
  "page.expired.text":
    "Ele não serve mais para pagar. Se ainda quiser pagar, escreva para nós, por favor.",
  "page.unknown.title": "Este link não é válido",
  "page.unknown.text":
    "Por favor, abra novamente o link do nosso e-mail, completo e sem alterações.",
  "page.unavailable.title": "Não é possível neste momento",
  "page.unavailable.text": "Nada foi cobrado. Por favor, tente de novo em alguns minutos.",
  "page.questions": "Alguma dúvida? Teremos prazer em ajudar:",
};

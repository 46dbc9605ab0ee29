import type { Texts } from "./en.ts";

/** Chinese, simplified characters: 您. */
export const zh: Texts = {
  "greeting.named": "{name}，您好：",
  "greeting.plain": "您好：",

  "fact.line": "{label}：{value}",
  "subject.product": "{subject}（{product}）",
  "fact.product": "产品",
  "fact.amount": "金额",
  "fact.date": "日期",
  "fact.card": "银行卡",
  "fact.method": "付款方式",
  "fact.next_attempt": "下次扣款",
  "fact.pay_by": "付款截止",
  "fact.payable_until": "可付款至",
  "card.branded": "{brand}，尾号 {lastFour}",
  "card.unbranded": "尾号 {lastFour}",

  "reason.declined": "您的银行未批准这笔付款。",
  "reason.funds": "可用余额不足。",
  "reason.limit": "已达到您的银行卡或账户的限额。",
  "reason.expired": "银行卡已过期。",
  "reason.not_activated": "银行卡尚未激活。",
  "reason.confirmation": "这笔付款未在银行完成确认。",
  "reason.details": "付款信息未被接受。",
  "reason.permission": "没有对此付款方式扣款的有效授权。",
  "reason.unsupported": "此付款方式不能用于这笔付款。",
  "reason.technical": "与您的银行通信时出现了技术问题。",

  "failed.what": "我们未能处理您的 {amount} 付款。{reason}",
  "retry.unknown_day": "我们将在未来几天内再次尝试。",
  "button.pay": "完成付款",
  "button.confirm": "确认付款",
  "button.contact": "联系我们",

  "payment_failed.subject": "您的 {amount} 付款未成功",
  "payment_failed.heading": "您的付款未成功",
  "payment_failed.next": "您无需进行任何操作。我们将于 {day}再次尝试。",
  "payment_failed.after":
    "如果您不想等待，可以现在完成付款，也可以使用其他银行卡。您不会被重复扣款。",

  "retry_ahead.subject": "我们将再次尝试处理您的 {amount} 付款",
  "retry_ahead.heading": "我们将再次尝试处理您的付款",
  "retry_ahead.what": "您的 {amount} 付款尚未成功。",
  "retry_ahead.next":
    "我们将于 {day}再次尝试。请确保届时您的付款方式可以正常扣款，或现在完成付款。",

  "action_needed.subject": "请完成您的 {amount} 付款",
  "action_needed.heading": "请完成您的付款",
  "action_needed.next_other":
    "我们不会再从此付款方式扣款。请最迟于 {day}使用其他付款方式完成付款，以便您的订阅继续有效。",
  "action_needed.next_again":
    "我们不会自动再次尝试。请最迟于 {day}完成付款，以便您的订阅继续有效。您可以重新填写付款信息，或选择其他付款方式。",
  "action_needed.after": "大约只需一分钟。",

  "authentication.subject": "请确认您的 {amount} 付款",
  "authentication.heading": "请确认您的付款",
  "authentication.what": "您的银行要求您确认这笔 {amount} 的付款，此操作只能由您本人完成。",
  "authentication.next": "请最迟于 {day}按照银行的提示完成付款，以便您的订阅继续有效。",
  "confirm.next_page": "请打开支付页面，并按照银行的提示操作，以便您的订阅继续有效。",
  "confirm.next_bank":
    "请在您的银行应用或网站上确认这笔付款。如果在那里找不到需要确认的内容，请与我们联系。",

  "reminder.subject": "提醒：您的 {amount} 付款仍未完成",
  "reminder.heading": "您的付款仍未完成",
  "reminder.what": "我们尚未收到您的 {amount} 付款。",
  "reminder.next": "请最迟于 {day}完成付款，以便您的订阅继续有效。",

  "last_chance.subject":
    "{days, plural, =0 {今天是支付 {amount} 的最后一天} other {还剩 # 天可支付 {amount}}}",
  "last_chance.heading": "这是我们的最后一次提醒",
  "last_chance.next": "请最迟于 {day}完成付款。此后，您的订阅可能会终止。",
  "last_chance.next_cancel":
    "请最迟于 {day}完成付款。如果届时我们仍未收到您的付款，您的订阅将被取消。",

  "recovered.subject": "谢谢，您的 {amount} 付款已成功",
  "recovered.heading": "谢谢，您的付款已成功",
  "recovered.what": "我们已收到您的 {amount} 付款。您的订阅继续有效。",
  "recovered.next": "您无需再进行任何操作。",

  "cancelled.subject": "您的订阅已取消",
  "cancelled.heading": "您的订阅已取消",
  "cancelled.what": "我们未收到您的 {amount} 付款，因此已取消您的订阅。",
  "cancelled.next": "我们不会再为此订阅向您扣款。",
  "cancelled.after": "随时欢迎您回来。",

  "checkout.try_again": "您可以再试一次，也可以使用其他银行卡。",
  "checkout.not_charged": "在您完成付款之前，不会扣款。",
  "checkout.order_again": "如果您仍想购买，请重新下单。",
  "checkout_abandoned.subject": "您的 {amount} 付款尚未完成",
  "checkout_abandoned.heading": "您的付款尚未完成",
  "checkout_abandoned.what": "您已发起一笔 {amount} 的付款，但尚未完成。未产生任何扣款。",
  "checkout_abandoned.next": "您可以从上次中断的地方继续。",
  "checkout_authentication.what": "您的 {amount} 付款还需要在银行确认。未产生任何扣款。",
  "checkout_authentication.next": "您现在可以完成付款。",

  "link.fallback": "如果按钮无法使用，请打开以下链接：",
  "footer.safety": "我们绝不会通过电子邮件索要您的银行卡信息。",
  "footer.why": "您收到此邮件，是因为有一笔支付给 {brand} 的付款。",
  "footer.questions": "如有疑问，我们乐意为您提供帮助：",

  "page.owed.title": "完成付款",
  "page.owed.text": "您最近一次付款未成功。",
  "page.owed.button": "前往安全支付页面",
  "page.owed.after": "点击按钮后将进入安全支付页面。只有在您于该页面确认后，才会扣款。",
  "page.declined.text": "这笔付款未获批准，也未产生扣款。您可以再试一次，也可以使用其他付款方式。",
  "page.confirm.text": "您的银行要求您确认这笔付款，此操作只能由您本人完成。",
  "page.processing.title": "您的付款正在处理中",
  "page.processing.text": "您无需进行任何操作。此页面会自动刷新。",
  "page.processing.refresh": "立即刷新",
  "page.late.text": "我们尚未收到这笔付款，您的订阅已暂停。您现在仍可付款。应付金额：",
  "page.checking.title": "请稍候",
  "page.checking.text": "我们正在核对待付款项。此页面会自动刷新。",
  "page.unpaid.title": "这笔付款仍未完成",
  "page.unpaid.text": "我们尚未收到这笔付款，且已无法在此页面付款。应付金额：",
  "page.unpaid.ask": "请与我们联系：回复我们的邮件，或咨询客服。",
  "page.paid.title": "谢谢，您的付款已成功",
  "page.paid.text": "您无需再进行任何操作，可以关闭此页面。",
  "page.nothing_owed.title": "此处无需付款",
  "page.nothing_owed.text": "此链接没有待付款项。您可以关闭此页面。",
  "page.cancelled.title": "此订阅已结束",
  "page.cancelled.text": "我们不会再为此订阅向您扣款。您可以关闭此页面。",
  "page.reminders.title": "停止接收这笔付款的提醒？",
  "page.reminders.text":
    "您将不再收到这笔付款的提醒邮件。款项仍需支付，您仍可通过我们邮件中的链接完成付款。",
  "page.reminders.button": "停止提醒",
  "page.reminders_stopped.title": "您将不再收到提醒",
  "page.reminders_stopped.text": "款项仍需支付。您仍可通过我们邮件中的链接完成付款。",
  "page.expired.title": "此链接已过期",
  "page.expired.text": "此链接已无法使用。如果您仍想付款，请与我们联系。",
  "page.unknown.title": "此链接无效",
  "page.unknown.text": "请重新打开我们邮件中的链接，或将完整链接复制到浏览器中打开。",
  "page.unavailable.title": "此页面暂时无法使用",
  "page.unavailable.text": "此页面未产生任何扣款。请几分钟后再试。",
  "page.questions": "如有疑问，我们乐意为您提供帮助：",
};

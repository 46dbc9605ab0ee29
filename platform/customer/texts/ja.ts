import type { Texts } from "./en.ts";

/** Japanese: です・ます, with お客様. */
export const ja: Texts = {
  "greeting.named": "{name} 様",
  "greeting.plain": "お客様各位",

  "fact.line": "{label}：{value}",
  "fact.amount": "金額",
  "fact.card": "カード",
  "fact.method": "お支払い方法",
  "fact.next_attempt": "次回の決済",
  "fact.pay_by": "お支払い期限",
  "card.branded": "{brand}（末尾 {lastFour}）",
  "card.unbranded": "末尾 {lastFour}",

  "reason.declined": "銀行またはカード会社でお支払いが承認されませんでした。",
  "reason.funds": "ご利用可能な残高が不足していました。",
  "reason.limit": "カードまたは口座のご利用限度に達していました。",
  "reason.expired": "カードの有効期限が切れています。",
  "reason.not_activated": "カードがまだ有効化されていません。",
  "reason.confirmation": "銀行またはカード会社での本人確認が完了していません。",
  "reason.details": "お支払い情報が受け付けられませんでした。",
  "reason.permission": "このお支払い方法への請求のご承認がないか、無効になっています。",
  "reason.unsupported": "このお支払い方法はご利用いただけません。",
  "reason.technical": "銀行との通信中に技術的な問題が発生しました。",

  "failed.what": "{amount} のお支払いを完了できませんでした。{reason}",
  "retry.unknown_day": "数日以内にもう一度決済を行います。",
  "button.pay": "今すぐ支払う",
  "button.update": "お支払い方法を更新する",
  "button.confirm": "お支払いを確認する",
  "button.contact": "お問い合わせ",

  "payment_failed.subject": "{amount} のお支払いを完了できませんでした",
  "payment_failed.heading": "お支払いを完了できませんでした",
  "payment_failed.next": "お手続きは必要ありません。{day}にもう一度決済を行います。",
  "payment_failed.after":
    "お待ちにならず、今すぐお支払いいただくこともできます。別のカードもご利用いただけます。二重に請求されることはありません。",

  "retry_ahead.subject": "{amount} の決済を再度行います",
  "retry_ahead.heading": "決済を再度行います",
  "retry_ahead.what": "{amount} のお支払いがまだ完了していません。",
  "retry_ahead.next":
    "{day}にもう一度決済を行います。それまでにお支払い方法がご利用可能かご確認いただくか、今すぐお支払いください。",

  "action_needed.subject": "お支払い方法の更新をお願いいたします（{amount}）",
  "action_needed.heading": "お支払い方法の更新をお願いいたします",
  "action_needed.next_other":
    "このお支払い方法は今後使用いたしません。サブスクリプションを継続いただくため、{day}までに別のお支払い方法でお支払いください。",
  "action_needed.next_again":
    "こちらから再度決済を行うことはありません。サブスクリプションを継続いただくため、{day}までにお支払い情報を再度ご入力いただくか、別のお支払い方法をお選びください。",
  "action_needed.after": "お手続きは 1 分ほどで完了します。",

  "authentication.subject": "{amount} のお支払いのご確認をお願いいたします",
  "authentication.heading": "お支払いのご確認をお願いいたします",
  "authentication.what":
    "{amount} のお支払いについて、銀行またはカード会社がお客様ご本人の確認を求めています。このお手続きはお客様にしか行えません。",
  "authentication.next":
    "サブスクリプションを継続いただくため、{day}までにボタンを押し、銀行またはカード会社の案内に沿ってお手続きください。",

  "reminder.subject": "ご確認：{amount} のお支払いがまだ完了していません",
  "reminder.heading": "お支払いがまだ完了していません",
  "reminder.what": "{amount} のお支払いをまだ確認できておりません。",
  "reminder.next": "サブスクリプションを継続いただくため、{day}までにお支払いをお願いいたします。",

  "last_chance.subject":
    "{days, plural, =0 {{amount} のお支払い期限は本日です} other {{amount} のお支払い期限まであと # 日です}}",
  "last_chance.heading": "最後のお知らせです",
  "last_chance.next":
    "{day}までにお支払いをお願いいたします。期限を過ぎるとこのリンクは使えなくなり、サブスクリプションが終了することがあります。",
  "last_chance.next_cancel":
    "{day}までにお支払いをお願いいたします。期限までにお支払いを確認できない場合、サブスクリプションは解約されます。",

  "recovered.subject": "ありがとうございます。{amount} のお支払いが完了しました",
  "recovered.heading": "お支払いありがとうございました",
  "recovered.what":
    "{amount} のお支払いを確認いたしました。サブスクリプションは引き続きご利用いただけます。",
  "recovered.next": "必要なお手続きはほかにありません。",

  "cancelled.subject": "サブスクリプションが解約されました",
  "cancelled.heading": "サブスクリプションが解約されました",
  "cancelled.what":
    "{amount} のお支払いを確認できなかったため、サブスクリプションは解約されました。",
  "cancelled.next": "今後、この件でご請求することはありません。",
  "cancelled.after": "またのご利用を心よりお待ちしております。",

  "checkout.try_again": "別のカードでも、もう一度お試しいただけます。",
  "checkout.not_charged": "お支払いいただかない限り、請求されることはありません。",
  "checkout.order_again": "引き続きご希望の場合は、もう一度ご注文ください。",
  "checkout_abandoned.subject": "{amount} のお支払い手続きが途中です",
  "checkout_abandoned.heading": "お支払い手続きが途中です",
  "checkout_abandoned.what":
    "{amount} のお支払い手続きが途中で終了しています。請求は行われていません。",
  "checkout_abandoned.next": "中断したところから再開いただけます。",
  "checkout_authentication.what":
    "{amount} のお支払いには、銀行またはカード会社での本人確認が必要ですが、まだ完了していません。請求は行われていません。",
  "checkout_authentication.next": "今すぐご確認いただけます。",

  "link.fallback": "ボタンが動作しない場合は、次のアドレスを開いてください：",
  "footer.safety": "メールでカード情報をお尋ねすることは決してありません。",
  "footer.why": "このメールは、{brand} のサブスクリプションをご利用のお客様にお送りしています。",
  "footer.questions": "ご不明な点がございましたら、お気軽にお問い合わせください：",

  "page.owed.title": "サブスクリプションのお支払い",
  "page.owed.text": "前回のお支払いを完了できませんでした。お支払い金額は次のとおりです：",
  "page.owed.button": "安全なお支払いページへ進む",
  "page.owed.after":
    "ボタンを押すと安全なお支払いページに移動します。そのページで確定されるまで、請求されることはありません。",
  "page.declined.text":
    "今回のお支払いは承認されませんでした。請求は行われていません。別のお支払い方法でも、もう一度お試しいただけます。",
  "page.processing.title": "お支払いを処理しています",
  "page.processing.text": "お手続きは必要ありません。このページは自動的に更新されます。",
  "page.processing.again": "もう一度確認する",
  "page.paid.title": "お支払いありがとうございました",
  "page.paid.text": "必要なお手続きはほかにありません。このページを閉じていただけます。",
  "page.nothing_owed.title": "お支払いいただくものはありません",
  "page.nothing_owed.text":
    "こちらでお支払いいただくものはもうありません。このページを閉じていただけます。",
  "page.cancelled.title": "このサブスクリプションは終了しました",
  "page.cancelled.text": "今後ご請求することはありません。このページを閉じていただけます。",
  "page.reminders.title": "このお支払いについての再通知を停止しますか？",
  "page.reminders.text":
    "今後、このお支払いについての再通知メールはお送りしません。お支払いは引き続き必要です。メールに記載のリンクは引き続きご利用いただけます。",
  "page.reminders.button": "再通知を停止する",
  "page.reminders_stopped.title": "再通知を停止しました",
  "page.reminders_stopped.text":
    "お支払いは引き続き必要です。メールに記載のリンクからお支払いいただけます。",
  "page.expired.title": "このリンクの有効期限が切れました",
  "page.expired.text":
    "このリンクからはお支払いいただけません。お支払いをご希望の場合は、お問い合わせください。",
  "page.unknown.title": "このリンクは無効です",
  "page.unknown.text": "お送りしたメールのリンクを、変更せずにそのままもう一度開いてください。",
  "page.unavailable.title": "ただいま手続きができません",
  "page.unavailable.text": "請求は行われていません。数分後にもう一度お試しください。",
  "page.questions": "ご不明な点がございましたら、お気軽にお問い合わせください：",
};

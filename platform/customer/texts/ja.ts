import type { Texts } from "./en.ts";

/** Japanese: です・ます, with お客様. */
export const ja: Texts = {
  "greeting.named": "{name} 様",
  "greeting.plain": "お客様へ",

  "fact.line": "{label}：{value}",
  "subject.product": "{subject}（{product}）",
  "fact.product": "商品",
  "fact.amount": "金額",
  "fact.date": "日付",
  "fact.card": "カード",
  "fact.method": "お支払い方法",
  "fact.next_attempt": "次回の決済",
  "fact.pay_by": "お支払い期限",
  "fact.payable_until": "お支払い可能な期限",
  "card.branded": "{brand}（末尾 {lastFour}）",
  "card.unbranded": "末尾 {lastFour}",

  "reason.declined": "銀行またはカード会社でお支払いが承認されませんでした。",
  "reason.funds": "ご利用可能な残高が不足していました。",
  "reason.limit": "カードまたは口座のご利用限度に達していました。",
  "reason.expired": "カードの有効期限が切れています。",
  "reason.not_activated": "カードがまだ有効化されていません。",
  "reason.confirmation": "銀行またはカード会社での本人確認が完了していません。",
  "reason.details": "お支払い情報が受け付けられませんでした。",
  "reason.permission": "このお支払い方法への請求について、有効なご承認がありません。",
  "reason.unsupported": "このお支払い方法は、今回のお支払いにはご利用いただけません。",
  "reason.technical": "銀行との通信中に技術的な問題が発生しました。",

  "failed.what": "{amount} のお支払いを処理できませんでした。{reason}",
  "retry.unknown_day": "数日以内に、あらためて決済を行います。",
  "button.pay": "お支払い手続きへ進む",
  "button.confirm": "お支払いを確認する",
  "button.contact": "お問い合わせ",

  "payment_failed.subject": "{amount} のお支払いを完了できませんでした",
  "payment_failed.heading": "お支払いを完了できませんでした",
  "payment_failed.next": "お手続きは必要ありません。{day}に、あらためて決済を行います。",
  "payment_failed.after":
    "お待ちにならず、今すぐお支払い手続きを行っていただくこともできます。別のカードもご利用いただけます。二重に請求されることはありません。",

  "retry_ahead.subject": "{amount} の決済をあらためて行います",
  "retry_ahead.heading": "決済をあらためて行います",
  "retry_ahead.what": "{amount} のお支払いがまだ完了していません。",
  "retry_ahead.next":
    "{day}に、あらためて決済を行います。それまでに、お支払い方法がご利用いただける状態かご確認ください。今すぐお支払い手続きを行っていただくこともできます。",

  "action_needed.subject": "{amount} のお支払い手続きをお願いいたします",
  "action_needed.heading": "お支払い手続きをお願いいたします",
  "action_needed.next_other":
    "このお支払い方法に再度請求することはありません。サブスクリプションを継続いただくため、{day}までに、別のお支払い方法でお手続きをお願いいたします。",
  "action_needed.next_again":
    "自動で再度決済を行うことはありません。サブスクリプションを継続いただくため、{day}までに、お支払い手続きをお願いいたします。お支払い情報を再度ご入力いただくか、別のお支払い方法をお選びいただけます。",
  "action_needed.after": "お手続きは 1 分ほどで完了します。",

  "authentication.subject": "{amount} のお支払いのご確認をお願いいたします",
  "authentication.heading": "お支払いのご確認をお願いいたします",
  "authentication.what":
    "{amount} のお支払いについて、銀行またはカード会社がお客様ご本人の確認を求めています。このお手続きは、お客様ご本人にしか行えません。",
  "authentication.next":
    "サブスクリプションを継続いただくため、{day}までに、銀行またはカード会社の案内に沿ってお支払い手続きをお願いいたします。",
  "confirm.next_page":
    "サブスクリプションを継続いただくため、お支払いページを開き、銀行またはカード会社の案内に沿ってお手続きをお願いいたします。",
  "confirm.next_bank":
    "銀行またはカード会社のアプリかウェブサイトで、お支払いをご確認ください。確認する項目が見つからない場合は、お問い合わせください。",

  "reminder.subject": "再度のご案内：{amount} のお支払いがまだ完了していません",
  "reminder.heading": "お支払いがまだ完了していません",
  "reminder.what": "{amount} のお支払いをまだ確認できておりません。",
  "reminder.next":
    "サブスクリプションを継続いただくため、{day}までに、お支払い手続きをお願いいたします。",

  "last_chance.subject":
    "{days, plural, =0 {{amount} のお支払い期限は本日です} other {{amount} のお支払い期限まであと # 日です}}",
  "last_chance.heading": "最後のご案内です",
  "last_chance.next":
    "{day}までに、お支払い手続きをお願いいたします。期限を過ぎると、サブスクリプションが終了することがあります。",
  "last_chance.next_cancel":
    "{day}までに、お支払い手続きをお願いいたします。期限までにお支払いを確認できない場合、サブスクリプションは解約されます。",

  "recovered.subject": "ありがとうございます。{amount} のお支払いが完了しました",
  "recovered.heading": "お支払いありがとうございました",
  "recovered.what":
    "{amount} のお支払いを確認いたしました。サブスクリプションは引き続きご利用いただけます。",
  "recovered.next": "ほかに必要なお手続きはありません。",

  "cancelled.subject": "サブスクリプションが解約されました",
  "cancelled.heading": "サブスクリプションが解約されました",
  "cancelled.what":
    "{amount} のお支払いを確認できなかったため、サブスクリプションを解約いたしました。",
  "cancelled.next": "今後、このサブスクリプションについて請求されることはありません。",
  "cancelled.after": "またのご利用を心よりお待ちしております。",

  "checkout.try_again": "もう一度お試しいただけます。別のカードもご利用いただけます。",
  "checkout.not_charged": "お支払い手続きを完了されるまで、請求されることはありません。",
  "checkout.order_again": "引き続きご希望の場合は、お手数ですがもう一度ご注文ください。",
  "checkout_abandoned.subject": "{amount} のお支払い手続きが完了していません",
  "checkout_abandoned.heading": "お支払い手続きが完了していません",
  "checkout_abandoned.what":
    "{amount} のお支払い手続きが途中で終了しています。請求は行われていません。",
  "checkout_abandoned.next": "中断したところから再開いただけます。",
  "checkout_authentication.what":
    "{amount} のお支払いには、銀行またはカード会社での本人確認がまだ必要です。請求は行われていません。",
  "checkout_authentication.next": "今すぐお手続きいただけます。",

  "link.fallback": "ボタンが動作しない場合は、こちらから：",
  "footer.safety": "メールでカード情報をお尋ねすることはありません。",
  "footer.why": "このメールは、{brand} へのお支払いに関してお送りしています。",
  "footer.questions": "ご不明な点がございましたら、お気軽にお問い合わせください：",

  "page.owed.title": "お支払い手続き",
  "page.owed.text": "前回のお支払いを完了できませんでした。",
  "page.owed.button": "安全なお支払いページへ進む",
  "page.owed.after":
    "ボタンを押すと安全なお支払いページに移動します。そのページで確定されるまで、請求されることはありません。",
  "page.declined.text":
    "このお支払いは承認されませんでした。請求は行われていません。もう一度お試しいただけます。別のお支払い方法もご利用いただけます。",
  "page.confirm.text":
    "このお支払いについて、銀行またはカード会社がお客様ご本人の確認を求めています。このお手続きは、お客様ご本人にしか行えません。",
  "page.processing.title": "お支払いを処理しています",
  "page.processing.text": "お手続きは必要ありません。このページは自動的に更新されます。",
  "page.processing.refresh": "今すぐ更新する",
  "page.late.text":
    "このお支払いを確認できておらず、サブスクリプションは保留中です。今からでもお支払いいただけます。お支払い金額：",
  "page.checking.title": "少々お待ちください",
  "page.checking.text": "お支払いの状況を確認しています。このページは自動的に更新されます。",
  "page.unpaid.title": "このお支払いはまだ完了していません",
  "page.unpaid.text":
    "このお支払いは確認できておらず、このページからはお支払いいただけなくなりました。お支払い金額：",
  "page.unpaid.ask":
    "弊社までお問い合わせください。メールへの返信、またはカスタマーサポートで承ります。",
  "page.paid.title": "お支払いありがとうございました",
  "page.paid.text": "ほかに必要なお手続きはありません。このページは閉じていただいてかまいません。",
  "page.nothing_owed.title": "こちらでお支払いいただくものはありません",
  "page.nothing_owed.text":
    "このリンクでのお支払いは必要ありません。このページは閉じていただいてかまいません。",
  "page.cancelled.title": "このサブスクリプションは終了しました",
  "page.cancelled.text":
    "今後、このサブスクリプションについて請求されることはありません。このページは閉じていただいてかまいません。",
  "page.reminders.title": "このお支払いのリマインドメールを停止しますか？",
  "page.reminders.text":
    "今後、このお支払いのリマインドメールはお送りしません。お支払いは引き続き必要です。メールに記載のリンクからお手続きいただけます。",
  "page.reminders.button": "リマインドメールを停止する",
  "page.reminders_stopped.title": "リマインドメールを停止しました",
  "page.reminders_stopped.text":
    "お支払いは引き続き必要です。メールに記載のリンクからお手続きいただけます。",
  "page.expired.title": "このリンクの有効期限が切れました",
  "page.expired.text":
    "このリンクはご利用いただけません。お支払いをご希望の場合は、お問い合わせください。",
  "page.unknown.title": "このリンクは無効です",
  "page.unknown.text":
    "お送りしたメールのリンクをもう一度開くか、リンク全体をコピーしてブラウザーで開いてください。",
  "page.unavailable.title": "このページは一時的にご利用いただけません",
  "page.unavailable.text": "このページで請求は行われていません。数分後にもう一度お試しください。",
  "page.questions": "ご不明な点がございましたら、お気軽にお問い合わせください：",
};

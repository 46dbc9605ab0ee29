import type { Texts } from "./en.ts";

/**
 * Arabic, modern standard: requests by يُرجى, which suits everybody. Some currency signs end with a full stop, so that
 * no sentence ends with an amount.
 */
export const ar: Texts = {
  "greeting.named": "مرحبًا {name}،",
  "greeting.plain": "مرحبًا،",

  "fact.line": "{label}: {value}",
  "fact.amount": "المبلغ",
  "fact.card": "البطاقة",
  "fact.method": "طريقة الدفع",
  "fact.next_attempt": "المحاولة التالية",
  "fact.pay_by": "آخر موعد للدفع",
  "card.branded": "{brand} تنتهي بالأرقام {lastFour}",
  "card.unbranded": "تنتهي بالأرقام {lastFour}",

  "reason.declined": "لم يوافق البنك على عملية الدفع.",
  "reason.funds": "لم يكن الرصيد المتاح كافيًا.",
  "reason.limit": "تم بلوغ أحد حدود البطاقة أو الحساب.",
  "reason.expired": "انتهت صلاحية البطاقة.",
  "reason.not_activated": "لم يتم تفعيل البطاقة بعد.",
  "reason.confirmation": "لم يتم تأكيدها لدى البنك.",
  "reason.details": "لم يتم قبول بيانات الدفع.",
  "reason.permission": "الإذن بالخصم من طريقة الدفع هذه غير موجود أو لم يعد ساريًا.",
  "reason.unsupported": "لا يمكن استخدام طريقة الدفع هذه في هذه الحالة.",
  "reason.technical": "حدثت مشكلة تقنية في الاتصال بالبنك.",

  "failed.what": "لم نتمكن من تحصيل مبلغ {amount} المستحق عليك. {reason}",
  "retry.unknown_day": "سنحاول مرة أخرى خلال الأيام القليلة القادمة.",
  "button.pay": "الدفع الآن",
  "button.update": "تحديث طريقة الدفع",
  "button.confirm": "تأكيد الدفع",
  "button.contact": "التواصل معنا",

  "payment_failed.subject": "لم تكتمل دفعتك بقيمة {amount}",
  "payment_failed.heading": "لم تكتمل دفعتك",
  "payment_failed.next": "لا يلزمك القيام بأي شيء: سنحاول مرة أخرى في {day}.",
  "payment_failed.after":
    "إن كنت لا ترغب في الانتظار، فيمكنك الدفع الآن، وببطاقة أخرى أيضًا. لن يتم الخصم مرتين.",

  "retry_ahead.subject": "سنعيد محاولة تحصيل دفعتك بقيمة {amount}",
  "retry_ahead.heading": "سنعيد محاولة تحصيل دفعتك",
  "retry_ahead.what": "ما زالت دفعتك بقيمة {amount} معلّقة.",
  "retry_ahead.next":
    "سنحاول مرة أخرى في {day}. يُرجى التأكد من إمكانية الخصم من طريقة الدفع حتى ذلك الحين، أو الدفع الآن.",

  "action_needed.subject": "يُرجى تحديث طريقة الدفع: {amount} مستحقة",
  "action_needed.heading": "يُرجى تحديث طريقة الدفع",
  "action_needed.next_other":
    "لن نستخدم طريقة الدفع هذه مرة أخرى. يُرجى اختيار طريقة أخرى والدفع في موعد أقصاه {day} ليستمر اشتراكك.",
  "action_needed.next_again":
    "لن نعيد المحاولة من جانبنا. يُرجى إدخال بيانات الدفع من جديد أو اختيار طريقة دفع أخرى في موعد أقصاه {day} ليستمر اشتراكك.",
  "action_needed.after": "يستغرق ذلك نحو دقيقة واحدة.",

  "authentication.subject": "يُرجى تأكيد دفعتك بقيمة {amount}",
  "authentication.heading": "يُرجى تأكيد دفعتك",
  "authentication.what":
    "يطلب البنك تأكيد دفعتك بقيمة {amount} من جانبك. لا يمكن لأحد سواك القيام بذلك.",
  "authentication.next":
    "يُرجى الضغط على الزر واتباع تعليمات البنك في موعد أقصاه {day} ليستمر اشتراكك.",

  "reminder.subject": "تذكير: ما زالت دفعتك بقيمة {amount} معلّقة",
  "reminder.heading": "ما زالت دفعتك معلّقة",
  "reminder.what": "لم نتلقَّ دفعتك بقيمة {amount} بعد.",
  "reminder.next": "يُرجى الدفع في موعد أقصاه {day} ليستمر اشتراكك.",

  "last_chance.subject":
    "{days, plural, =0 {اليوم آخر موعد لدفع {amount}} one {تبقّى يوم واحد لدفع {amount}} two {تبقّى يومان لدفع {amount}} few {تبقّت # أيام لدفع {amount}} many {تبقّى # يومًا لدفع {amount}} other {تبقّى # يوم لدفع {amount}}}",
  "last_chance.heading": "هذا هو تذكيرنا الأخير",
  "last_chance.next":
    "يُرجى الدفع في موعد أقصاه {day}. بعد ذلك لن يعمل هذا الرابط، وقد ينتهي اشتراكك.",
  "last_chance.next_cancel":
    "يُرجى الدفع في موعد أقصاه {day}. وإذا لم نتلقَّ دفعتك حتى ذلك الموعد، فسيُلغى اشتراكك.",

  "recovered.subject": "شكرًا لك: اكتملت دفعتك بقيمة {amount}",
  "recovered.heading": "شكرًا لك، اكتملت دفعتك",
  "recovered.what": "لقد تلقّينا دفعتك بقيمة {amount} واشتراكك مستمر.",
  "recovered.next": "لا يلزمك القيام بأي شيء آخر.",

  "cancelled.subject": "تم إلغاء اشتراكك",
  "cancelled.heading": "تم إلغاء اشتراكك",
  "cancelled.what": "لم نتمكن من تحصيل مبلغ {amount} المستحق عليك، ولذلك تم إلغاء اشتراكك.",
  "cancelled.next": "لن يُخصم منك أي مبلغ آخر مقابله.",
  "cancelled.after": "نرحب بعودتك في أي وقت.",

  "checkout.try_again": "يمكنك المحاولة مرة أخرى، وببطاقة أخرى أيضًا.",
  "checkout.not_charged": "لن يُخصم أي مبلغ ما لم يتم الدفع من جانبك.",
  "checkout.order_again": "إن كنت ما زلت ترغب في الشراء، فيُرجى تقديم الطلب من جديد.",
  "checkout_abandoned.subject": "لم يكتمل دفع {amount} من جانبك",
  "checkout_abandoned.heading": "لم يكتمل الدفع من جانبك",
  "checkout_abandoned.what": "لقد بدأت دفع {amount} ولم يكتمل الدفع. لم يُخصم أي مبلغ.",
  "checkout_abandoned.next": "يمكنك المتابعة من حيث توقفت.",
  "checkout_authentication.what":
    "يجب تأكيد دفعتك بقيمة {amount} لدى البنك، ولم يحدث ذلك بعد. لم يُخصم أي مبلغ.",
  "checkout_authentication.next": "يمكنك تأكيدها الآن.",

  "link.fallback": "إذا لم يعمل الزر، يُرجى فتح هذا العنوان:",
  "footer.safety": "لا نطلب بيانات البطاقة عبر البريد الإلكتروني أبدًا.",
  "footer.why": "تصلك هذه الرسالة لأن لديك اشتراكًا لدى {brand}.",
  "footer.questions": "هل لديك سؤال؟ يسعدنا تقديم المساعدة:",

  "page.owed.title": "دفع قيمة اشتراكك",
  "page.owed.text": "لم تكتمل دفعتك الأخيرة. هذا هو المبلغ المستحق:",
  "page.owed.button": "المتابعة إلى الدفع الآمن",
  "page.owed.after": "ينقلك الزر إلى صفحة دفع آمنة. لن يتم الخصم إلا بعد تأكيدك هناك.",
  "page.declined.text":
    "لم تتم الموافقة على الدفع هذه المرة، ولم يُخصم أي مبلغ. يمكنك المحاولة مرة أخرى، وبطريقة دفع أخرى أيضًا.",
  "page.processing.title": "دفعتك قيد المعالجة",
  "page.processing.text": "لا يلزمك القيام بأي شيء. تتحدّث هذه الصفحة تلقائيًا.",
  "page.processing.again": "التحقق مرة أخرى",
  "page.paid.title": "شكرًا لك، اكتملت دفعتك",
  "page.paid.text": "لا يلزمك القيام بأي شيء آخر. يمكنك إغلاق هذه الصفحة.",
  "page.nothing_owed.title": "لا يوجد مبلغ مستحق",
  "page.nothing_owed.text": "لم يعد هناك ما يُدفع هنا. يمكنك إغلاق هذه الصفحة.",
  "page.cancelled.title": "انتهى هذا الاشتراك",
  "page.cancelled.text": "لن يُخصم أي مبلغ آخر. يمكنك إغلاق هذه الصفحة.",
  "page.reminders.title": "هل تريد إيقاف التذكيرات بهذه الدفعة؟",
  "page.reminders.text":
    "لن تصلك رسائل تذكير أخرى بها. يبقى المبلغ مستحقًا، ويبقى الرابط في رسائلنا صالحًا.",
  "page.reminders.button": "إيقاف التذكيرات",
  "page.reminders_stopped.title": "لن تصلك تذكيرات أخرى",
  "page.reminders_stopped.text":
    "يبقى المبلغ مستحقًا. لا يزال بإمكانك دفعه من خلال الرابط في رسائلنا.",
  "page.expired.title": "انتهت صلاحية هذا الرابط",
  "page.expired.text":
    "لم يعد بالإمكان الدفع من خلاله. إن كنت ما زلت ترغب في الدفع، فيُرجى الكتابة إلينا.",
  "page.unknown.title": "هذا الرابط غير صالح",
  "page.unknown.text": "يُرجى فتح الرابط الوارد في رسالتنا مرة أخرى، كاملًا ودون تغيير.",
  "page.unavailable.title": "هذا غير ممكن حاليًا",
  "page.unavailable.text": "لم يُخصم أي مبلغ. يُرجى المحاولة مرة أخرى بعد بضع دقائق.",
  "page.questions": "هل لديك سؤال؟ يسعدنا تقديم المساعدة:",
};

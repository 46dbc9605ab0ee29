import type { Texts } from "./en.ts";

/**
 * Arabic, modern standard: requests by يُرجى, which suits everybody. Some currency signs end with a full stop, so that
 * no sentence ends with an amount.
 */
export const ar: Texts = {
  "greeting.named": "مرحبًا {name}،",
  "greeting.plain": "مرحبًا،",

  "fact.line": "{label}: {value}",
  "subject.product": "{subject} – {product}",
  "fact.product": "المنتج",
  "fact.amount": "المبلغ",
  "fact.date": "التاريخ",
  "fact.card": "البطاقة",
  "fact.method": "طريقة الدفع",
  "fact.next_attempt": "المحاولة التالية",
  "fact.pay_by": "آخر موعد للدفع",
  "fact.payable_until": "يمكن الدفع حتى",
  "card.branded": "{brand} تنتهي بالأرقام {lastFour}",
  "card.unbranded": "تنتهي بالأرقام {lastFour}",

  "reason.declined": "لم يوافق البنك على عملية الدفع.",
  "reason.funds": "لم يكن الرصيد المتاح كافيًا.",
  "reason.limit": "تم الوصول إلى أحد حدود البطاقة أو الحساب.",
  "reason.expired": "انتهت صلاحية البطاقة.",
  "reason.not_activated": "لم يتم تفعيل البطاقة بعد.",
  "reason.confirmation": "لم يتم تأكيد الدفع لدى البنك.",
  "reason.details": "لم يتم قبول بيانات الدفع.",
  "reason.permission": "لا يوجد إذن ساري المفعول بالخصم من طريقة الدفع هذه.",
  "reason.unsupported": "لا يمكن استخدام طريقة الدفع هذه لهذه الدفعة.",
  "reason.technical": "حدثت مشكلة تقنية في الاتصال بالبنك.",

  "failed.what": "دفعتك بقيمة {amount} لم نتمكن من معالجتها. {reason}",
  "retry.unknown_day": "سنحاول مرة أخرى خلال الأيام القليلة القادمة.",
  "button.pay": "إتمام الدفع",
  "button.confirm": "تأكيد الدفع",
  "button.contact": "التواصل معنا",

  "payment_failed.subject": "لم تكتمل دفعتك بقيمة {amount}",
  "payment_failed.heading": "لم تكتمل دفعتك",
  "payment_failed.next": "لا يلزمك القيام بأي شيء. سنحاول مرة أخرى في {day}.",
  "payment_failed.after":
    "إن لم يكن الانتظار مناسبًا لك، فيمكنك إتمام الدفع الآن، وببطاقة أخرى أيضًا. لن يتم الخصم مرتين.",

  "retry_ahead.subject": "سنعيد محاولة معالجة دفعتك بقيمة {amount}",
  "retry_ahead.heading": "سنعيد محاولة معالجة دفعتك",
  "retry_ahead.what": "لم تكتمل دفعتك بقيمة {amount} بعد.",
  "retry_ahead.next":
    "سنحاول مرة أخرى في {day}. يُرجى التأكد من إمكانية الخصم من طريقة الدفع بحلول ذلك الموعد، أو إتمام الدفع الآن.",

  "action_needed.subject": "يُرجى إتمام دفعتك بقيمة {amount}",
  "action_needed.heading": "يُرجى إتمام دفعتك",
  "action_needed.next_other":
    "لن نخصم من طريقة الدفع هذه مرة أخرى. يُرجى إتمام الدفع بطريقة أخرى في موعد أقصاه {day} ليستمر اشتراكك.",
  "action_needed.next_again":
    "لن نعيد المحاولة تلقائيًا. يُرجى إتمام الدفع في موعد أقصاه {day} ليستمر اشتراكك. يمكنك إدخال بيانات الدفع من جديد أو اختيار طريقة دفع أخرى.",
  "action_needed.after": "يستغرق ذلك نحو دقيقة واحدة.",

  "authentication.subject": "يُرجى تأكيد دفعتك بقيمة {amount}",
  "authentication.heading": "يُرجى تأكيد دفعتك",
  "authentication.what": "يطلب البنك تأكيدك لدفعتك بقيمة {amount} ولا يمكن لأحد سواك القيام بذلك.",
  "authentication.next":
    "يُرجى إتمام الدفع باتباع تعليمات البنك في موعد أقصاه {day} ليستمر اشتراكك.",
  "confirm.next_page": "يُرجى فتح صفحة الدفع واتباع تعليمات البنك فيها ليستمر اشتراكك.",
  "confirm.next_bank":
    "يُرجى تأكيد الدفعة في تطبيق البنك أو على موقعه. إذا لم تجد هناك ما يتطلب التأكيد، يُرجى التواصل معنا.",

  "reminder.subject": "تذكير: ما زالت دفعتك بقيمة {amount} معلّقة",
  "reminder.heading": "ما زالت دفعتك معلّقة",
  "reminder.what": "لم نتلقَّ دفعتك بقيمة {amount} بعد.",
  "reminder.next": "يُرجى إتمام الدفع في موعد أقصاه {day} ليستمر اشتراكك.",

  "last_chance.subject":
    "{days, plural, =0 {اليوم آخر موعد لدفع {amount}} one {تبقّى يوم واحد لدفع {amount}} two {تبقّى يومان لدفع {amount}} few {تبقّت # أيام لدفع {amount}} many {تبقّى # يومًا لدفع {amount}} other {تبقّى # يوم لدفع {amount}}}",
  "last_chance.heading": "هذا هو تذكيرنا الأخير",
  "last_chance.next": "يُرجى إتمام الدفع في موعد أقصاه {day}. بعد ذلك قد ينتهي اشتراكك.",
  "last_chance.next_cancel":
    "يُرجى إتمام الدفع في موعد أقصاه {day}. وإذا لم نتلقَّ دفعتك حتى ذلك الموعد، فسيُلغى اشتراكك.",

  "recovered.subject": "شكرًا لك: اكتملت دفعتك بقيمة {amount}",
  "recovered.heading": "شكرًا لك، اكتملت دفعتك",
  "recovered.what": "لقد تلقّينا دفعتك بقيمة {amount} واشتراكك مستمر.",
  "recovered.next": "لا يلزمك القيام بأي شيء آخر.",

  "cancelled.subject": "تم إلغاء اشتراكك",
  "cancelled.heading": "تم إلغاء اشتراكك",
  "cancelled.what": "لم نتلقَّ دفعتك بقيمة {amount} ولذلك ألغينا اشتراكك.",
  "cancelled.next": "لن يُخصم منك أي مبلغ آخر مقابله.",
  "cancelled.after": "نرحب بعودتك في أي وقت.",

  "checkout.try_again": "يمكنك المحاولة مرة أخرى، وببطاقة أخرى أيضًا.",
  "checkout.not_charged": "لن يُخصم أي مبلغ قبل إتمام الدفع.",
  "checkout.order_again": "إن كان الطلب لا يزال يهمّك، فيُرجى تقديمه من جديد.",
  "checkout_abandoned.subject": "دفعتك بقيمة {amount} غير مكتملة",
  "checkout_abandoned.heading": "دفعتك غير مكتملة",
  "checkout_abandoned.what": "لقد بدأت عملية دفع بقيمة {amount} ولم تكتمل. لم يُخصم أي مبلغ.",
  "checkout_abandoned.next": "يمكنك المتابعة من حيث توقفت.",
  "checkout_authentication.what":
    "ما زالت دفعتك بقيمة {amount} بحاجة إلى التأكيد لدى البنك. لم يُخصم أي مبلغ.",
  "checkout_authentication.next": "يمكنك إتمامها الآن.",

  "link.fallback": "إذا لم يعمل الزر، يُرجى فتح هذا الرابط:",
  "footer.safety": "لا نطلب بيانات البطاقة عبر البريد الإلكتروني أبدًا.",
  "footer.why": "تصلك هذه الرسالة بخصوص دفعة إلى {brand}.",
  "footer.questions": "هل لديك سؤال؟ يسعدنا تقديم المساعدة:",

  "page.owed.title": "إتمام الدفع",
  "page.owed.text": "لم تكتمل دفعتك الأخيرة.",
  "page.owed.button": "المتابعة إلى الدفع الآمن",
  "page.owed.after": "ينقلك الزر إلى صفحة دفع آمنة. لن يتم الخصم إلا بعد تأكيدك هناك.",
  "page.declined.text":
    "لم تتم الموافقة على هذه الدفعة، ولم يُخصم أي مبلغ. يمكنك المحاولة مرة أخرى، وبطريقة دفع أخرى أيضًا.",
  "page.confirm.text": "يطلب البنك تأكيدك لهذه الدفعة ولا يمكن لأحد سواك القيام بذلك.",
  "page.processing.title": "دفعتك قيد المعالجة",
  "page.processing.text": "لا يلزمك القيام بأي شيء. يتم تحديث هذه الصفحة تلقائيًا.",
  "page.processing.refresh": "تحديث الآن",
  "page.late.text": "لم نستلم هذه الدفعة، واشتراكك معلّق. لا يزال بإمكانك الدفع. المبلغ المستحق:",
  "page.checking.title": "لحظة من فضلك",
  "page.checking.text": "نتحقق من المبلغ المستحق. يتم تحديث هذه الصفحة تلقائيًا.",
  "page.unpaid.title": "هذه الدفعة لا تزال مستحقة",
  "page.unpaid.text":
    "لم نستلم هذه الدفعة، ولم يعد بالإمكان سدادها عبر هذه الصفحة. المبلغ المستحق:",
  "page.unpaid.ask": "يُرجى التواصل معنا: قم بالرد على رسالتنا أو تواصل مع خدمة العملاء لدينا.",
  "page.paid.title": "شكرًا لك، اكتملت دفعتك",
  "page.paid.text": "لا يلزمك القيام بأي شيء آخر. يمكنك إغلاق هذه الصفحة.",
  "page.nothing_owed.title": "لا يوجد ما يُدفع هنا",
  "page.nothing_owed.text": "لا توجد دفعة مستحقة عبر هذا الرابط. يمكنك إغلاق هذه الصفحة.",
  "page.cancelled.title": "انتهى هذا الاشتراك",
  "page.cancelled.text": "لن يُخصم منك أي مبلغ آخر مقابله. يمكنك إغلاق هذه الصفحة.",
  "page.reminders.title": "إيقاف التذكيرات بهذه الدفعة؟",
  "page.reminders.text":
    "لن تصلك رسائل تذكير أخرى بهذه الدفعة. يبقى المبلغ مستحقًا، ويمكنك دفعه من خلال الرابط الوارد في رسائلنا.",
  "page.reminders.button": "إيقاف التذكيرات",
  "page.reminders_stopped.title": "لن تصلك تذكيرات أخرى",
  "page.reminders_stopped.text":
    "يبقى المبلغ مستحقًا. لا يزال بإمكانك دفعه من خلال الرابط الوارد في رسائلنا.",
  "page.expired.title": "انتهت صلاحية هذا الرابط",
  "page.expired.text": "لم يعد بالإمكان استخدام هذا الرابط. لإتمام الدفع، يُرجى التواصل معنا.",
  "page.unknown.title": "هذا الرابط غير صالح",
  "page.unknown.text": "يُرجى فتح الرابط الوارد في رسالتنا مرة أخرى، أو نسخه كاملًا إلى المتصفح.",
  "page.unavailable.title": "هذه الصفحة غير متاحة مؤقتًا",
  "page.unavailable.text": "لم يُخصم أي مبلغ عبر هذه الصفحة. يُرجى المحاولة مرة أخرى بعد بضع دقائق.",
  "page.questions": "هل لديك سؤال؟ يسعدنا تقديم المساعدة:",
};

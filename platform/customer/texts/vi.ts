import type { Texts } from "./en.ts";

/** Vietnamese: bạn, as services write; chúng tôi for the merchant. */
export const vi: Texts = {
  "greeting.named": "Xin chào {name},",
  "greeting.plain": "Xin chào bạn,",

  "fact.line": "{label}: {value}",
  "subject.product": "{subject} – {product}",
  "fact.product": "Sản phẩm",
  "fact.amount": "Số tiền",
  "fact.date": "Ngày",
  "fact.card": "Thẻ",
  "fact.method": "Phương thức thanh toán",
  "fact.next_attempt": "Lần thử tiếp theo",
  "fact.pay_by": "Hạn thanh toán",
  "fact.payable_until": "Có thể thanh toán đến",
  "card.branded": "{brand} có số cuối {lastFour}",
  "card.unbranded": "có số cuối {lastFour}",

  "reason.declined": "Ngân hàng của bạn không chấp thuận khoản thanh toán này.",
  "reason.funds": "Số dư khả dụng không đủ.",
  "reason.limit": "Thẻ hoặc tài khoản của bạn đã đạt hạn mức.",
  "reason.expired": "Thẻ đã hết hạn.",
  "reason.not_activated": "Thẻ chưa được kích hoạt.",
  "reason.confirmation": "Khoản thanh toán chưa được xác nhận với ngân hàng của bạn.",
  "reason.details": "Thông tin thanh toán không được chấp nhận.",
  "reason.permission": "Không có ủy quyền hợp lệ để thu tiền qua phương thức thanh toán này.",
  "reason.unsupported": "Không thể dùng phương thức này cho khoản thanh toán này.",
  "reason.technical": "Đã xảy ra sự cố kỹ thuật khi kết nối với ngân hàng của bạn.",

  "failed.what": "Chúng tôi chưa xử lý được khoản thanh toán {amount} của bạn. {reason}",
  "retry.unknown_day": "Chúng tôi sẽ thử lại trong vài ngày tới.",
  "button.pay": "Hoàn tất thanh toán",
  "button.confirm": "Xác nhận thanh toán",
  "button.contact": "Liên hệ với chúng tôi",

  "payment_failed.subject": "Khoản thanh toán {amount} của bạn chưa thành công",
  "payment_failed.heading": "Khoản thanh toán của bạn chưa thành công",
  "payment_failed.next": "Bạn không cần làm gì cả. Chúng tôi sẽ thử lại vào ngày {day}.",
  "payment_failed.after":
    "Nếu không muốn chờ, bạn có thể hoàn tất thanh toán ngay, kể cả bằng thẻ khác. Bạn sẽ không bị thu tiền hai lần.",

  "retry_ahead.subject": "Chúng tôi sẽ thử lại khoản thanh toán {amount} của bạn",
  "retry_ahead.heading": "Chúng tôi sẽ thử lại khoản thanh toán của bạn",
  "retry_ahead.what": "Khoản thanh toán {amount} của bạn vẫn chưa thành công.",
  "retry_ahead.next":
    "Chúng tôi sẽ thử lại vào ngày {day}. Vui lòng bảo đảm rằng đến lúc đó có thể thu tiền qua phương thức thanh toán của bạn, hoặc hoàn tất thanh toán ngay.",

  "action_needed.subject": "Vui lòng hoàn tất khoản thanh toán {amount}",
  "action_needed.heading": "Vui lòng hoàn tất khoản thanh toán",
  "action_needed.next_other":
    "Chúng tôi sẽ không thu tiền qua phương thức này nữa. Vui lòng hoàn tất thanh toán bằng phương thức khác, chậm nhất vào ngày {day}, để gói đăng ký của bạn được tiếp tục.",
  "action_needed.next_again":
    "Chúng tôi sẽ không tự động thử lại. Vui lòng hoàn tất thanh toán chậm nhất vào ngày {day} để gói đăng ký của bạn được tiếp tục. Bạn có thể nhập lại thông tin thanh toán hoặc chọn phương thức khác.",
  "action_needed.after": "Việc này chỉ mất khoảng một phút.",

  "authentication.subject": "Vui lòng xác nhận khoản thanh toán {amount}",
  "authentication.heading": "Vui lòng xác nhận khoản thanh toán",
  "authentication.what":
    "Ngân hàng yêu cầu bạn xác nhận khoản thanh toán {amount}. Chỉ bạn mới có thể làm việc này.",
  "authentication.next":
    "Vui lòng hoàn tất thanh toán theo hướng dẫn của ngân hàng, chậm nhất vào ngày {day}, để gói đăng ký của bạn được tiếp tục.",
  "confirm.next_page":
    "Vui lòng mở trang thanh toán và làm theo hướng dẫn của ngân hàng tại đó để gói đăng ký của bạn được tiếp tục.",
  "confirm.next_bank":
    "Vui lòng xác nhận khoản thanh toán trong ứng dụng hoặc trên trang web của ngân hàng. Nếu bạn không thấy gì để xác nhận ở đó, vui lòng liên hệ với chúng tôi.",

  "reminder.subject": "Nhắc nhở: khoản thanh toán {amount} của bạn vẫn chưa hoàn tất",
  "reminder.heading": "Khoản thanh toán của bạn vẫn chưa hoàn tất",
  "reminder.what": "Chúng tôi vẫn chưa nhận được khoản thanh toán {amount} của bạn.",
  "reminder.next":
    "Vui lòng hoàn tất thanh toán chậm nhất vào ngày {day} để gói đăng ký của bạn được tiếp tục.",

  "last_chance.subject":
    "{days, plural, =0 {Hôm nay là ngày cuối để thanh toán {amount}} other {Còn # ngày để thanh toán {amount}}}",
  "last_chance.heading": "Đây là lời nhắc cuối cùng của chúng tôi",
  "last_chance.next":
    "Vui lòng hoàn tất thanh toán chậm nhất vào ngày {day}. Sau đó, gói đăng ký của bạn có thể kết thúc.",
  "last_chance.next_cancel":
    "Vui lòng hoàn tất thanh toán chậm nhất vào ngày {day}. Nếu đến lúc đó chúng tôi chưa nhận được khoản thanh toán, gói đăng ký của bạn sẽ bị hủy.",

  "recovered.subject": "Cảm ơn bạn: khoản thanh toán {amount} đã thành công",
  "recovered.heading": "Cảm ơn bạn, khoản thanh toán đã thành công",
  "recovered.what":
    "Chúng tôi đã nhận được khoản thanh toán {amount} của bạn. Gói đăng ký của bạn được tiếp tục.",
  "recovered.next": "Bạn không cần làm gì thêm.",

  "cancelled.subject": "Gói đăng ký của bạn đã bị hủy",
  "cancelled.heading": "Gói đăng ký của bạn đã bị hủy",
  "cancelled.what":
    "Chúng tôi không nhận được khoản thanh toán {amount} của bạn nên đã hủy gói đăng ký.",
  "cancelled.next": "Bạn sẽ không bị thu thêm khoản nào cho gói này.",
  "cancelled.after": "Chúng tôi luôn sẵn lòng chào đón bạn trở lại.",

  "checkout.try_again": "Bạn có thể thử lại, kể cả bằng thẻ khác.",
  "checkout.not_charged": "Bạn sẽ không bị thu tiền nếu không hoàn tất thanh toán.",
  "checkout.order_again": "Nếu bạn vẫn muốn mua, vui lòng đặt hàng lại.",
  "checkout_abandoned.subject": "Khoản thanh toán {amount} của bạn chưa hoàn tất",
  "checkout_abandoned.heading": "Khoản thanh toán của bạn chưa hoàn tất",
  "checkout_abandoned.what":
    "Bạn đã bắt đầu thanh toán {amount} nhưng chưa hoàn tất. Bạn chưa bị thu tiền.",
  "checkout_abandoned.next": "Bạn có thể tiếp tục từ chỗ đã dừng.",
  "checkout_authentication.what":
    "Khoản thanh toán {amount} của bạn vẫn cần được xác nhận với ngân hàng. Bạn chưa bị thu tiền.",
  "checkout_authentication.next": "Bạn có thể hoàn tất ngay.",

  "link.fallback": "Nếu nút không hoạt động, hãy mở liên kết này:",
  "footer.safety": "Chúng tôi không bao giờ hỏi thông tin thẻ qua email.",
  "footer.why": "Bạn nhận được email này vì có một khoản thanh toán cho {brand}.",
  "footer.questions": "Bạn có câu hỏi? Chúng tôi sẵn lòng giúp đỡ:",

  "page.owed.title": "Hoàn tất thanh toán",
  "page.owed.text": "Khoản thanh toán gần nhất của bạn chưa thành công.",
  "page.owed.button": "Tiếp tục đến trang thanh toán an toàn",
  "page.owed.after":
    "Nút này đưa bạn đến trang thanh toán an toàn. Bạn chỉ bị thu tiền sau khi xác nhận tại đó.",
  "page.declined.text":
    "Khoản thanh toán này không được chấp thuận và bạn chưa bị thu tiền. Bạn có thể thử lại, kể cả bằng phương thức khác.",
  "page.confirm.text":
    "Ngân hàng yêu cầu bạn xác nhận khoản thanh toán này. Chỉ bạn mới có thể làm việc này.",
  "page.processing.title": "Khoản thanh toán của bạn đang được xử lý",
  "page.processing.text": "Bạn không cần làm gì cả. Trang này sẽ tự động làm mới.",
  "page.processing.refresh": "Làm mới ngay",
  "page.late.text":
    "Chúng tôi chưa nhận được khoản thanh toán này và gói đăng ký của bạn đang bị tạm ngưng. Bạn vẫn có thể thanh toán. Số tiền cần thanh toán:",
  "page.checking.title": "Vui lòng đợi một chút",
  "page.checking.text":
    "Chúng tôi đang kiểm tra khoản cần thanh toán. Trang này sẽ tự động làm mới.",
  "page.unpaid.title": "Khoản thanh toán này vẫn chưa hoàn tất",
  "page.unpaid.text":
    "Chúng tôi chưa nhận được khoản thanh toán này và bạn không thể thanh toán trên trang này nữa. Số tiền cần thanh toán:",
  "page.unpaid.ask":
    "Vui lòng liên hệ với chúng tôi: trả lời email của chúng tôi hoặc hỏi bộ phận hỗ trợ khách hàng.",
  "page.paid.title": "Cảm ơn bạn, khoản thanh toán đã thành công",
  "page.paid.text": "Bạn không cần làm gì thêm và có thể đóng trang này.",
  "page.nothing_owed.title": "Không có gì cần thanh toán ở đây",
  "page.nothing_owed.text":
    "Liên kết này không có khoản nào cần thanh toán. Bạn có thể đóng trang này.",
  "page.cancelled.title": "Gói đăng ký này đã kết thúc",
  "page.cancelled.text":
    "Bạn sẽ không bị thu thêm khoản nào cho gói này. Bạn có thể đóng trang này.",
  "page.reminders.title": "Ngừng nhận email nhắc về khoản thanh toán này?",
  "page.reminders.text":
    "Bạn sẽ không nhận thêm email nhắc nào về khoản này. Khoản thanh toán vẫn cần được hoàn tất và bạn vẫn có thể thanh toán bằng liên kết trong email của chúng tôi.",
  "page.reminders.button": "Ngừng nhận email nhắc",
  "page.reminders_stopped.title": "Bạn sẽ không nhận thêm email nhắc nào",
  "page.reminders_stopped.text":
    "Khoản thanh toán vẫn cần được hoàn tất. Bạn vẫn có thể thanh toán bằng liên kết trong email của chúng tôi.",
  "page.expired.title": "Liên kết này đã hết hạn",
  "page.expired.text":
    "Liên kết này không còn dùng được. Nếu vẫn muốn thanh toán, vui lòng liên hệ với chúng tôi.",
  "page.unknown.title": "Liên kết này không hợp lệ",
  "page.unknown.text":
    "Vui lòng mở lại liên kết trong email của chúng tôi, hoặc sao chép toàn bộ liên kết vào trình duyệt.",
  "page.unavailable.title": "Trang này tạm thời không truy cập được",
  "page.unavailable.text":
    "Chưa có khoản tiền nào bị thu trên trang này. Vui lòng thử lại sau vài phút.",
  "page.questions": "Bạn có câu hỏi? Chúng tôi sẵn lòng giúp đỡ:",
};

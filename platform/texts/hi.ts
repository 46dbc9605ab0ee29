import type { Texts } from "./en.ts";

/** Hindi: आप; words that people use for payments, such as कार्ड and लिंक. */
export const hi: Texts = {
  "greeting.named": "नमस्ते {name},",
  "greeting.plain": "नमस्ते,",

  "fact.line": "{label}: {value}",
  "fact.amount": "राशि",
  "fact.card": "कार्ड",
  "fact.method": "भुगतान का तरीका",
  "fact.next_attempt": "अगली कोशिश",
  "fact.pay_by": "भुगतान की अंतिम तिथि",
  "card.branded": "{brand}, अंतिम अंक {lastFour}",
  "card.unbranded": "अंतिम अंक {lastFour}",

  "reason.declined": "आपके बैंक ने भुगतान को मंज़ूरी नहीं दी।",
  "reason.funds": "इसके लिए पर्याप्त राशि उपलब्ध नहीं थी।",
  "reason.limit": "आपके कार्ड या खाते की सीमा पूरी हो गई थी।",
  "reason.expired": "कार्ड की वैधता समाप्त हो गई है।",
  "reason.not_activated": "कार्ड अभी चालू नहीं किया गया है।",
  "reason.confirmation": "आपके बैंक में इसकी पुष्टि नहीं हुई।",
  "reason.details": "भुगतान की जानकारी स्वीकार नहीं हुई।",
  "reason.permission": "इस तरीके से राशि लेने की आपकी अनुमति नहीं है या अब मान्य नहीं है।",
  "reason.unsupported": "इसके लिए भुगतान के इस तरीके का उपयोग नहीं किया जा सकता।",
  "reason.technical": "आपके बैंक से संपर्क में तकनीकी समस्या आई।",

  "failed.what": "हम आपका {amount} का भुगतान प्राप्त नहीं कर सके। {reason}",
  "retry.unknown_day": "हम अगले कुछ दिनों में फिर कोशिश करेंगे।",
  "button.pay": "अभी भुगतान करें",
  "button.update": "भुगतान का तरीका बदलें",
  "button.confirm": "भुगतान की पुष्टि करें",
  "button.contact": "हमसे संपर्क करें",

  "payment_failed.subject": "आपका {amount} का भुगतान नहीं हो सका",
  "payment_failed.heading": "आपका भुगतान नहीं हो सका",
  "payment_failed.next": "आपको कुछ करने की ज़रूरत नहीं है: हम {day} को फिर कोशिश करेंगे।",
  "payment_failed.after":
    "अगर आप रुकना नहीं चाहते, तो अभी भुगतान कर सकते हैं, चाहें तो किसी दूसरे कार्ड से। आपसे दो बार राशि नहीं ली जाएगी।",

  "retry_ahead.subject": "हम आपके {amount} के भुगतान की फिर कोशिश करेंगे",
  "retry_ahead.heading": "हम आपके भुगतान की फिर कोशिश करेंगे",
  "retry_ahead.what": "आपका {amount} का भुगतान अभी बाकी है।",
  "retry_ahead.next":
    "हम {day} को फिर कोशिश करेंगे। कृपया देख लें कि तब तक आपके भुगतान के तरीके से राशि ली जा सके, या अभी भुगतान करें।",

  "action_needed.subject": "कृपया भुगतान का तरीका बदलें: {amount} बाकी हैं",
  "action_needed.heading": "कृपया भुगतान का तरीका बदलें",
  "action_needed.next_other":
    "हम भुगतान के इस तरीके का फिर उपयोग नहीं करेंगे। कृपया {day} तक कोई दूसरा तरीका चुनकर भुगतान करें, ताकि आपकी सदस्यता जारी रहे।",
  "action_needed.next_again":
    "हम अपनी ओर से फिर कोशिश नहीं करेंगे। कृपया {day} तक भुगतान की जानकारी फिर से भरें या कोई दूसरा तरीका चुनें, ताकि आपकी सदस्यता जारी रहे।",
  "action_needed.after": "इसमें लगभग एक मिनट लगता है।",

  "authentication.subject": "कृपया अपने {amount} के भुगतान की पुष्टि करें",
  "authentication.heading": "कृपया अपने भुगतान की पुष्टि करें",
  "authentication.what":
    "आपका बैंक चाहता है कि आप अपने {amount} के भुगतान की पुष्टि करें। यह केवल आप ही कर सकते हैं।",
  "authentication.next":
    "कृपया बटन दबाएँ और {day} तक अपने बैंक के निर्देशों का पालन करें, ताकि आपकी सदस्यता जारी रहे।",

  "reminder.subject": "याद दिलाना: आपका {amount} का भुगतान अभी बाकी है",
  "reminder.heading": "आपका भुगतान अभी बाकी है",
  "reminder.what": "हमें आपका {amount} का भुगतान अभी तक नहीं मिला है।",
  "reminder.next": "कृपया {day} तक भुगतान करें, ताकि आपकी सदस्यता जारी रहे।",

  "last_chance.subject":
    "{days, plural, =0 {{amount} चुकाने का आज आखिरी दिन है} one {{amount} चुकाने के लिए # दिन बाकी है} other {{amount} चुकाने के लिए # दिन बाकी हैं}}",
  "last_chance.heading": "यह हमारी आखिरी सूचना है",
  "last_chance.next":
    "कृपया {day} तक भुगतान करें। उसके बाद यह लिंक काम नहीं करेगा और आपकी सदस्यता समाप्त हो सकती है।",
  "last_chance.next_cancel":
    "कृपया {day} तक भुगतान करें। अगर तब तक हमें भुगतान नहीं मिला, तो आपकी सदस्यता रद्द कर दी जाएगी।",

  "recovered.subject": "धन्यवाद: आपका {amount} का भुगतान हो गया",
  "recovered.heading": "धन्यवाद, आपका भुगतान हो गया",
  "recovered.what": "हमें आपका {amount} का भुगतान मिल गया है और आपकी सदस्यता जारी है।",
  "recovered.next": "अब आपको कुछ और करने की ज़रूरत नहीं है।",

  "cancelled.subject": "आपकी सदस्यता रद्द कर दी गई है",
  "cancelled.heading": "आपकी सदस्यता रद्द कर दी गई है",
  "cancelled.what": "हम आपका {amount} का भुगतान प्राप्त नहीं कर सके, इसलिए आपकी सदस्यता रद्द कर दी गई है।",
  "cancelled.next": "इसके लिए आपसे अब कोई राशि नहीं ली जाएगी।",
  "cancelled.after": "आप जब चाहें वापस आ सकते हैं, आपका स्वागत है।",

  "checkout.try_again": "आप फिर कोशिश कर सकते हैं, चाहें तो किसी दूसरे कार्ड से।",
  "checkout.not_charged": "जब तक आप भुगतान नहीं करते, कोई राशि नहीं ली जाएगी।",
  "checkout.order_again": "अगर आप अब भी लेना चाहते हैं, तो कृपया फिर से ऑर्डर करें।",
  "checkout_abandoned.subject": "आपका {amount} का भुगतान अधूरा है",
  "checkout_abandoned.heading": "आपका भुगतान अधूरा है",
  "checkout_abandoned.what": "आपने {amount} का भुगतान शुरू किया, पर पूरा नहीं किया। कोई राशि नहीं ली गई।",
  "checkout_abandoned.next": "आप वहीं से आगे बढ़ सकते हैं जहाँ रुके थे।",
  "checkout_authentication.what":
    "आपके {amount} के भुगतान की पुष्टि आपके बैंक में होनी है, जो अभी नहीं हुई है। कोई राशि नहीं ली गई।",
  "checkout_authentication.next": "आप अभी इसकी पुष्टि कर सकते हैं।",

  "link.fallback": "अगर बटन काम न करे, तो यह पता खोलें:",
  "footer.safety": "हम ईमेल पर कभी कार्ड की जानकारी नहीं माँगते।",
  "footer.why": "आपको यह संदेश इसलिए मिला है क्योंकि {brand} में आपकी सदस्यता है।",
  "footer.questions": "कोई सवाल है? हमें आपकी मदद करके खुशी होगी:",

  "page.owed.title": "अपनी सदस्यता का भुगतान करें",
  "page.owed.text": "आपका पिछला भुगतान नहीं हो सका। इतनी राशि बाकी है:",
  "page.owed.button": "सुरक्षित भुगतान पर जाएँ",
  "page.owed.after": "बटन आपको सुरक्षित भुगतान पेज पर ले जाएगा। वहाँ आपकी पुष्टि के बाद ही राशि ली जाएगी।",
  "page.declined.text":
    "इस बार भुगतान को मंज़ूरी नहीं मिली और कोई राशि नहीं ली गई। आप फिर कोशिश कर सकते हैं, चाहें तो किसी दूसरे तरीके से।",
  "page.processing.title": "आपके भुगतान पर काम चल रहा है",
  "page.processing.text": "आपको कुछ करने की ज़रूरत नहीं है। यह पेज अपने आप अपडेट होगा।",
  "page.processing.again": "फिर से देखें",
  "page.paid.title": "धन्यवाद, आपका भुगतान हो गया",
  "page.paid.text": "अब आपको कुछ और करने की ज़रूरत नहीं है। आप यह पेज बंद कर सकते हैं।",
  "page.nothing_owed.title": "कोई राशि बाकी नहीं है",
  "page.nothing_owed.text": "यहाँ अब कुछ चुकाना बाकी नहीं है। आप यह पेज बंद कर सकते हैं।",
  "page.cancelled.title": "यह सदस्यता समाप्त हो चुकी है",
  "page.cancelled.text": "अब कोई राशि नहीं ली जाएगी। आप यह पेज बंद कर सकते हैं।",
  "page.expired.title": "इस लिंक की अवधि समाप्त हो गई है",
  "page.expired.text": "इससे अब भुगतान नहीं हो सकता। अगर आप अब भी भुगतान करना चाहते हैं, तो कृपया हमें लिखें।",
  "page.unknown.title": "यह लिंक मान्य नहीं है",
  "page.unknown.text": "कृपया हमारे ईमेल का लिंक फिर से खोलें, पूरा और बिना किसी बदलाव के।",
  "page.unavailable.title": "अभी यह संभव नहीं है",
  "page.unavailable.text": "आपसे कोई राशि नहीं ली गई है। कृपया कुछ मिनट बाद फिर कोशिश करें।",
  "page.questions": "कोई सवाल है? हमें आपकी मदद करके खुशी होगी:",
};

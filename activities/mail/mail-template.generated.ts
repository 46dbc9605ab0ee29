// Generated from mail.mjml by `npm run docs`; edit that file instead.
export const MAIL_TEMPLATE = String.raw`<!doctype html><html lang="{{lang}}" dir="{{dir}}" xmlns="http://www.w3.org/1999/xhtml" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
<head>
<title>{{subject}}</title>
<!--[if !mso]><!-->
<meta http-equiv="X-UA-Compatible" content="IE=edge">
<!--<![endif]-->
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style type="text/css">
#outlook a { padding: 0; }
body { margin: 0; padding: 0; -webkit-text-size-adjust: 100%; -ms-text-size-adjust: 100%; }
table, td { border-collapse: collapse; mso-table-lspace: 0pt; mso-table-rspace: 0pt; }
img { border: 0; height: auto; line-height: 100%; outline: none; text-decoration: none; -ms-interpolation-mode: bicubic; }
p { display: block; margin: 13px 0; }
</style>
<!--[if mso]>
<noscript>
<xml>
<o:OfficeDocumentSettings>
<o:AllowPNG/>
<o:PixelsPerInch>96</o:PixelsPerInch>
</o:OfficeDocumentSettings>
</xml>
</noscript>
<![endif]-->
<!--[if lte mso 11]>
<style type="text/css">
.mj-outlook-group-fix { width:100% !important; }
</style>
<![endif]-->
<style type="text/css">@media only screen and (min-width:480px) { .mj-column-per-100 { width:100% !important; max-width:100%; }  }</style>
<style media="screen and (min-width:480px)">.moz-text-html .mj-column-per-100 { width:100% !important; max-width:100%; } </style>
<style type="text/css">:root { color-scheme: light dark; supported-color-schemes: light dark; }
h1 { text-wrap: balance; }
h1:lang(ja) { word-break: auto-phrase; }
@media (max-width: 480px) {
.edge > table > tbody > tr > td { padding-left: 20px !important; padding-right: 20px !important; }
.card > table > tbody > tr > td { padding: 24px 20px 8px !important; }
.card, .card > table > tbody > tr > td { border-radius: 0 !important; }
}
@media (prefers-color-scheme: dark) {
body, .page-color { background-color: #12151c !important; }
.card, .card > table { background: #1c212c !important; background-color: #1c212c !important; }
.words div, .words h1, .fact-value { color: #e8eaf0 !important; }
.quiet div, .quiet a, .fact-label { color: #a4adbd !important; }
.fact { border-color: #363d4c !important; }
.press td { border: 1px solid #8a93a5 !important; }
}
[data-ogsb] body, [data-ogsb] .page-color { background-color: #12151c !important; }
[data-ogsb] .card, [data-ogsb] .card > table { background-color: #1c212c !important; }
[data-ogsc] .words div, [data-ogsc] .words h1, [data-ogsc] .fact-value { color: #e8eaf0 !important; }
[data-ogsc] .quiet div, [data-ogsc] .quiet a, [data-ogsc] .fact-label { color: #a4adbd !important; }</style>
<meta name="color-scheme" content="light dark" />
<meta name="supported-color-schemes" content="light dark" />
<meta name="x-apple-disable-message-reformatting" />
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no" />
<!--[if mso]>
<style>div, td, th, h1, a { font-family: Arial, sans-serif !important; }</style><![endif]-->
</head>
<body style="word-spacing:normal;background-color:#f2f4f7;">
<div style="display:none;font-size:1px;color:#ffffff;line-height:1px;max-height:0px;max-width:0px;opacity:0;overflow:hidden;">{{preview}}</div>
<div aria-label="{{subject}}" aria-roledescription="email" class="page-color" role="article" lang="{{lang}}" dir="{{dir}}" style="background-color:#f2f4f7;">
<!--[if mso | IE]>
<table border="0" cellpadding="0" cellspacing="0" role="presentation" align="center" width="600" class="edge-outlook" style="width:600px;">
<tr>
<td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div class="edge" style="margin:0px auto;max-width:600px;">
<table border="0" cellpadding="0" cellspacing="0" role="presentation" align="center" style="width:100%;"><tbody>
<tr>
<td style="direction:{{dir}};font-size:0px;padding:24px 32px;text-align:center;">
<!--[if mso | IE]>
<table border="0" cellpadding="0" cellspacing="0" role="presentation">
<tr><![endif]-->
<!--[if mso | IE]>
<td style="vertical-align:top;width:536px;"><![endif]-->
<div class="mj-outlook-group-fix mj-column-per-100" style="font-size:0px;text-align:left;direction:{{dir}};display:inline-block;vertical-align:top;width:100%;">
<table border="0" cellpadding="0" cellspacing="0" role="presentation" width="100%" style="vertical-align:top;"><tbody>{{#logo}}<tr>
<td align="{{start}}" style="font-size:0px;padding:0;word-break:break-word;">
<div style="font-family:-apple-system, BlinkMacSystemFont, Segoe UI, Helvetica, Arial, sans-serif;font-size:16px;line-height:1.5;text-align:{{start}};color:#1c2230;"><img src="{{src}}" alt="{{alt}}" height="40" style="display:block;height:40px;max-width:100%;border:0" />
</div>
</td>
</tr>{{/logo}}{{^logo}}{{#brand}}<tr>
<td align="{{start}}" class="words" style="font-size:0px;padding:0;word-break:break-word;">
<div style="font-family:-apple-system, BlinkMacSystemFont, Segoe UI, Helvetica, Arial, sans-serif;font-size:18px;font-weight:bold;line-height:1.5;text-align:{{start}};color:#1c2230;">{{brand}}</div>
</td>
</tr>{{/brand}}{{/logo}}</tbody>
</table>
</div>
<!--[if mso | IE]>
</td><![endif]-->
<!--[if mso | IE]>
</tr>
</table><![endif]-->
</td>
</tr></tbody>
</table>
</div>
<!--[if mso | IE]>
</td>
</tr>
</table><![endif]-->
<!--[if mso | IE]>
<table border="0" cellpadding="0" cellspacing="0" role="presentation" bgcolor="#ffffff" align="center" width="600" class="card-outlook" style="width:600px;">
<tr>
<td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div class="card" style="background:#ffffff;background-color:#ffffff;margin:0px auto;max-width:600px;border-radius:12px;overflow:hidden;">
<table border="0" cellpadding="0" cellspacing="0" role="presentation" align="center" style="background:#ffffff;background-color:#ffffff;width:100%;border-collapse:separate;"><tbody>
<tr>
<td style="border-radius:12px;direction:{{dir}};font-size:0px;padding:32px 32px 16px;text-align:center;">
<!--[if mso | IE]>
<table border="0" cellpadding="0" cellspacing="0" role="presentation">
<tr><![endif]-->
<!--[if mso | IE]>
<td style="vertical-align:top;width:536px;"><![endif]-->
<div class="mj-outlook-group-fix mj-column-per-100" style="font-size:0px;text-align:left;direction:{{dir}};display:inline-block;vertical-align:top;width:100%;">
<table border="0" cellpadding="0" cellspacing="0" role="presentation" width="100%" style="vertical-align:top;"><tbody>
<tr>
<td align="{{start}}" class="words" style="font-size:0px;padding:0 0 16px;word-break:break-word;">
<div style="font-family:-apple-system, BlinkMacSystemFont, Segoe UI, Helvetica, Arial, sans-serif;font-size:16px;line-height:1.5;text-align:{{start}};color:#1c2230;"><h1 style="margin:0;font-size:22px;line-height:1.3;font-weight:bold">{{heading}}</h1>
</div>
</td>
</tr>
<tr>
<td align="{{start}}" class="words" style="font-size:0px;padding:0 0 16px;word-break:break-word;">
<div style="font-family:-apple-system, BlinkMacSystemFont, Segoe UI, Helvetica, Arial, sans-serif;font-size:16px;line-height:1.5;text-align:{{start}};color:#1c2230;">{{greeting}}</div>
</td>
</tr>{{#paragraphs}}<tr>
<td align="{{start}}" class="words" style="font-size:0px;padding:0 0 16px;word-break:break-word;">
<div style="font-family:-apple-system, BlinkMacSystemFont, Segoe UI, Helvetica, Arial, sans-serif;font-size:16px;line-height:1.5;text-align:{{start}};color:#1c2230;">{{.}}</div>
</td>
</tr>{{/paragraphs}}{{#hasFacts}}<tr>
<td align="left" style="font-size:0px;padding:4px 0 24px;word-break:break-word;">
<table border="0" cellpadding="0" cellspacing="0" width="100%" style="color:#1c2230;font-family:-apple-system, BlinkMacSystemFont, Segoe UI, Helvetica, Arial, sans-serif;font-size:13px;line-height:22px;table-layout:auto;width:100%;border:none;">
{{#facts}}<tr>
<th scope="row" class="fact fact-label" align="{{start}}" style="padding:10px 0;padding-{{end}}:12px;border-top:1px solid #e3e6ec;vertical-align:top;font-size:15px;line-height:1.4;font-weight:normal;width:38%;color:#5a6270">{{label}}</th>
<td class="fact fact-value" align="{{start}}" style="padding:10px 0;border-top:1px solid #e3e6ec;vertical-align:top;font-size:15px;line-height:1.4;font-weight:bold">{{value}}</td>
</tr>{{/facts}}
</table>
</td>
</tr>{{/hasFacts}}{{#button}}<tr>
<td align="{{start}}" vertical-align="middle" class="press" style="font-size:0px;padding:0 0 20px;word-break:break-word;">
<table border="0" cellpadding="0" cellspacing="0" role="presentation" style="border-collapse:separate;line-height:100%;"><tbody>
<tr>
<td align="center" bgcolor="{{color}}" role="presentation" valign="middle" style="border:none;border-radius:8px;cursor:auto;mso-padding-alt:14px 28px;background:{{color}};"><a href="{{href}}" target="_blank" style="display:inline-block;background:{{color}};color:{{onColor}};font-family:-apple-system, BlinkMacSystemFont, Segoe UI, Helvetica, Arial, sans-serif;font-size:16px;font-weight:bold;line-height:1.3;margin:0;text-decoration:none;text-transform:none;padding:14px 28px;mso-padding-alt:0px;border-radius:8px;">{{label}}</a>
</td>
</tr></tbody>
</table>
</td>
</tr>{{/button}}{{#afterwards}}<tr>
<td align="{{start}}" class="words" style="font-size:0px;padding:0 0 16px;word-break:break-word;">
<div style="font-family:-apple-system, BlinkMacSystemFont, Segoe UI, Helvetica, Arial, sans-serif;font-size:16px;line-height:1.5;text-align:{{start}};color:#1c2230;">{{.}}</div>
</td>
</tr>{{/afterwards}}{{#fallback}}<tr>
<td align="{{start}}" class="quiet" style="font-size:0px;padding:0 0 16px;word-break:break-word;">
<div style="font-family:-apple-system, BlinkMacSystemFont, Segoe UI, Helvetica, Arial, sans-serif;font-size:13px;line-height:1.5;text-align:{{start}};color:#5a6270;">{{label}}<br /><a href="{{href}}" dir="ltr" style="color:#5a6270;word-break:break-all">{{href}}</a>
</div>
</td>
</tr>{{/fallback}}</tbody>
</table>
</div>
<!--[if mso | IE]>
</td><![endif]-->
<!--[if mso | IE]>
</tr>
</table><![endif]-->
</td>
</tr></tbody>
</table>
</div>
<!--[if mso | IE]>
</td>
</tr>
</table><![endif]-->
<!--[if mso | IE]>
<table border="0" cellpadding="0" cellspacing="0" role="presentation" align="center" width="600" class="edge-outlook" style="width:600px;">
<tr>
<td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div class="edge" style="margin:0px auto;max-width:600px;">
<table border="0" cellpadding="0" cellspacing="0" role="presentation" align="center" style="width:100%;"><tbody>
<tr>
<td style="direction:{{dir}};font-size:0px;padding:20px 32px 32px;text-align:center;">
<!--[if mso | IE]>
<table border="0" cellpadding="0" cellspacing="0" role="presentation">
<tr><![endif]-->
<!--[if mso | IE]>
<td style="vertical-align:top;width:536px;"><![endif]-->
<div class="mj-outlook-group-fix mj-column-per-100" style="font-size:0px;text-align:left;direction:{{dir}};display:inline-block;vertical-align:top;width:100%;">
<table border="0" cellpadding="0" cellspacing="0" role="presentation" width="100%" style="vertical-align:top;"><tbody>{{#footer}}<tr>
<td align="{{start}}" class="quiet" style="font-size:0px;padding:0 0 6px;word-break:break-word;">
<div style="font-family:-apple-system, BlinkMacSystemFont, Segoe UI, Helvetica, Arial, sans-serif;font-size:13px;line-height:1.5;text-align:{{start}};color:#5a6270;"><span dir="auto">{{text}}</span>{{#href}} <a href="{{href}}" style="color:#5a6270">{{name}}</a>{{/href}}</div>
</td>
</tr>{{/footer}}</tbody>
</table>
</div>
<!--[if mso | IE]>
</td><![endif]-->
<!--[if mso | IE]>
</tr>
</table><![endif]-->
</td>
</tr></tbody>
</table>
</div>
<!--[if mso | IE]>
</td>
</tr>
</table><![endif]-->
</div>
</body></html>`;

/** Keys of messaging, mail, payment, shop and social services. */
import type { EmbeddedRule, PrefixRule } from "./rule.ts";

const UUID = "[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}";

export const BUSINESS_KEYS: readonly PrefixRule[] = [
  { kind: "Twitch token", prefixes: ["oauth:"], rest: "[a-z0-9]{30}" },
  { kind: "Riot API key", prefixes: ["RGAPI-"], rest: UUID },
  { kind: "Pushbullet token", prefixes: ["o."], rest: String.raw`(?=\w*\d\w*\d)[A-Za-z0-9]{32}` },
  { kind: "Intercom token", prefixes: ["dG9rO"], rest: "[A-Za-z0-9+/]{50,60}={0,2}" },
  { kind: "Nostr private key", prefixes: ["nsec1"], rest: "[a-z0-9]{58}" },
  { kind: "Tezos private key", prefixes: ["edsk"], rest: "[A-Za-z0-9]{50,94}" },
  { kind: "Adafruit key", prefixes: ["aio_"], rest: "[A-Za-z0-9]{26,32}" },
  { kind: "Cal.com key", prefixes: ["cal_live_", "cal_test_"], rest: "[a-f0-9]{32}" },
  { kind: "Stytch secret", prefixes: ["secret-live-", "secret-test-"], rest: String.raw`[\w-]{30,40}={0,2}` },
  { kind: "Amazon MWS token", prefixes: ["amzn.mws."], rest: UUID },
  { kind: "Frame.io token", prefixes: ["fio-u-"], rest: String.raw`[\w=-]{60,70}` },
  { kind: "extended private key", prefixes: ["xprv", "yprv", "zprv", "tprv"], rest: "[A-Za-z0-9]{100,112}" },
  {
    kind: "Slack token",
    prefixes: [
      "xoxb-",
      "xoxp-",
      "xoxa-",
      "xoxr-",
      "xoxs-",
      "xoxc-",
      "xoxd-",
      "xoxo-",
      "xoxe-",
      "xoxe.",
      "xapp-",
    ],
    rest: String.raw`[\w%.+/-]{10,400}`,
  },
  {
    kind: "Slack webhook",
    prefixes: ["https://hooks.slack.com/"],
    rest: String.raw`(?:services|workflows|triggers)/[A-Za-z0-9/_-]{20,120}`,
  },
  {
    kind: "Discord webhook",
    prefixes: [
      "https://discord.com/api/",
      "https://discordapp.com/api/",
      "https://ptb.discord.com/api/",
      "https://canary.discord.com/api/",
    ],
    rest: String.raw`(?:v\d{1,2}/)?webhooks/\d{15,21}/[\w-]{40,100}`,
  },
  { kind: "Twilio API key", prefixes: ["SK"], rest: "[a-f0-9]{32}" },
  { kind: "SendGrid API key", prefixes: ["SG."], rest: String.raw`[\w-]{16,32}\.[\w-]{32,64}` },
  { kind: "Mailgun API key", prefixes: ["key-"], rest: "[a-f0-9]{32}" },
  { kind: "Brevo API key", prefixes: ["xkeysib-", "xsmtpsib-"], rest: "[a-f0-9]{64}-[A-Za-z0-9]{16}" },
  { kind: "Resend API key", prefixes: ["re_"], rest: String.raw`[A-Za-z0-9]{8,10}_[A-Za-z0-9]{20,40}` },
  { kind: "OneSignal API key", prefixes: ["os_v2_"], rest: String.raw`[\w]{60,140}` },
  {
    kind: "Stripe key",
    prefixes: ["sk_live_", "sk_test_", "rk_live_", "rk_test_", "sk_prod_", "sk_org_"],
    rest: String.raw`[\w]{10,250}`,
  },
  { kind: "webhook secret", prefixes: ["whsec_"], rest: "[A-Za-z0-9+/=]{20,100}" },
  { kind: "Square key", prefixes: ["sq0atp-", "sq0csp-", "sq0idp-"], rest: String.raw`[\w-]{20,60}` },
  { kind: "Square access token", prefixes: ["EAAA"], rest: String.raw`[\w-]{56,70}` },
  { kind: "Facebook access token", prefixes: ["EAA"], rest: "[A-Za-z0-9]{80,300}" },
  {
    kind: "Braintree access token",
    prefixes: ["access_token$production$", "access_token$sandbox$"],
    rest: String.raw`[a-z0-9]{12,20}\$[a-f0-9]{32}`,
  },
  {
    kind: "Shopify token",
    prefixes: ["shpat_", "shpca_", "shppa_", "shpss_", "shptka_", "shpua_"],
    rest: "[A-Za-z0-9]{30,64}",
  },
  {
    kind: "Plaid token",
    prefixes: ["access-sandbox-", "access-development-", "access-production-"],
    rest: UUID,
  },
  { kind: "Razorpay key", prefixes: ["rzp_live_", "rzp_test_"], rest: "[A-Za-z0-9]{14,30}" },
  { kind: "Flutterwave key", prefixes: ["FLWSECK-", "FLWSECK_TEST-"], rest: String.raw`[\w-]{12,60}` },
  { kind: "Paddle API key", prefixes: ["pdl_live_", "pdl_sdbx_"], rest: String.raw`apikey_[\w]{40,80}` },
  {
    kind: "Mollie or GoCardless API key",
    prefixes: ["live_", "test_"],
    rest: String.raw`(?=\w*\d\w*\d)[A-Za-z0-9]{30,44}`,
  },
  {
    kind: "Adyen API key",
    prefixes: ["AQE"],
    rest: "[A-Za-z0-9+/=]{30,250}-[A-Za-z0-9+/=]{20,120}-[!-~]{10,60}",
  },
  { kind: "Duffel token", prefixes: ["duffel_live_", "duffel_test_"], rest: String.raw`[\w=-]{40,50}` },
  { kind: "EasyPost API key", prefixes: ["EZAK", "EZTK"], rest: "[A-Za-z0-9]{54}" },
  { kind: "Shippo token", prefixes: ["shippo_live_", "shippo_test_"], rest: "[a-f0-9]{40}" },
  { kind: "LinkedIn secret", prefixes: ["WPL_AP1."], rest: String.raw`[\w.=+/]{16,40}` },
  { kind: "Twitter bearer token", prefixes: ["AAAAAAAAAAAAAAAAAAAAA"], rest: "[A-Za-z0-9%]{60,150}" },
];

export const BUSINESS_EMBEDDED: readonly EmbeddedRule[] = [
  {
    kind: "DeepL key",
    near: /:fx/,
    pattern: /(?<![\w-])[a-f0-9]{8}-(?:[a-f0-9]{4}-){3}[a-f0-9]{12}:fx(?!\w)/g,
  },
  {
    kind: "Salesforce session",
    near: /00D\w{12,15}!/,
    pattern: /(?<!\w)00D[A-Za-z0-9]{12,15}![\w.]{60,200}/g,
  },
  {
    kind: "webhook",
    near: /outlook\.office(?:365)?\.com\/webhook|hooks\.zapier\.com|maker\.ifttt\.com|hc-ping\.com|hooks\.slack\.com|loggly\.com\/inputs/,
    pattern:
      /(?:outlook\.office(?:365)?\.com\/webhook(?:b2)?\/|hooks\.zapier\.com\/hooks\/catch\/|maker\.ifttt\.com\/(?:use|trigger\/[\w{}-]{1,60}\/(?:json\/)?with\/key)\/|hc-ping\.com\/|loggly\.com\/inputs\/)([\w@/-]{12,260})/g,
  },
  { kind: "Telegram bot token", near: /:AA/, pattern: /(?<![0-9])\d{6,12}:AA[\w-]{30,40}(?![\w-])/g },
  {
    kind: "Discord bot token",
    near: /\.[\w-]{6}\.[\w-]{27}/,
    pattern: /(?<![\w.-])[MNO][A-Za-z0-9_-]{22,27}\.[\w-]{6}\.[\w-]{27,45}(?![\w-])/g,
  },
  { kind: "Mailchimp API key", near: /-us\d/, pattern: /(?<!\w)[a-f0-9]{32}-us\d{1,2}(?!\w)/g },
  {
    kind: "Mailgun API key",
    near: /-[a-f0-9]{8}-[a-f0-9]{8}\b/,
    pattern: /(?<![\w-])[a-f0-9]{32}-[a-f0-9]{8}-[a-f0-9]{8}(?![\w-])/g,
  },
  { kind: "Firebase server key", near: /:APA91b/, pattern: /(?<!\w)[\w-]{7,40}:APA91b[\w-]{100,200}/g },
  {
    kind: "Teams webhook",
    near: /\.webhook\.office\.com\//,
    pattern: /https:\/\/[a-z0-9-]{1,60}\.webhook\.office\.com\/webhookb2\/[\w@/-]{60,250}/g,
  },
];

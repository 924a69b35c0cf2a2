/** Keys made up at run time, so that no scanner takes a test for a leak. */

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
export const HEX = "0123456789abcdef";
const UPPER_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const BASE62 = `${LETTERS}${LETTERS.toUpperCase()}0123456789`;

let state = 20_261_125;

/** Characters drawn from an alphabet, the same in each run (xorshift). */
export function drawn(length: number, alphabet = BASE62): string {
  let key = "";
  while (key.length < length) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    key += alphabet[(state >>> 0) % alphabet.length];
  }
  return key;
}

const hex = (length: number) => drawn(length, HEX);
const upper = (length: number) => drawn(length, UPPER_DIGITS);
const digits = (length: number) => drawn(length, "123456789");
const url64 = (length: number) => drawn(length, `${BASE62}-_`);
export const base64 = (length: number) => drawn(length, `${BASE62}+/`);
const uuid = () => [8, 4, 4, 4, 12].map(hex).join("-");

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A key of each vendor, by the kind it should be found as. */
/** Keys are joined from parts, so that this file has none in it. */
export const joined = (...parts: string[]) => parts.join("");

export const VENDOR_KEYS: readonly (readonly [kind: string, key: string])[] = [
  ["OpenAI API key", joined("sk", `-proj-${url64(74)}T3Blbk`, `FJ${url64(74)}`)],
  ["OpenAI API key", joined("sk", `-svcacct-${drawn(60)}`)],
  ["OpenAI API key", joined("sk", `-${drawn(20)}T3Blbk`, `FJ${drawn(20)}`)],
  ["OpenAI API key", joined("sk", `-${hex(32)}`)],
  ["Anthropic API key", joined("sk", `-ant-api03-${url64(93)}AA`)],
  ["Anthropic API key", joined("sk", `-ant-admin01-${drawn(93)}AA`)],
  ["OpenRouter API key", joined("sk", `-or-v1-${hex(64)}`)],
  ["Hugging Face token", joined("hf", `_${drawn(34)}`)],
  ["Groq API key", joined("gsk", `_${drawn(52)}`)],
  ["xAI API key", joined("xai", `-${drawn(80)}`)],
  ["Perplexity API key", joined("pplx", `-${drawn(48)}`)],
  ["Replicate token", joined("r8", `_${drawn(37)}`)],
  ["NVIDIA API key", joined("nvapi", `-${url64(64)}`)],
  ["Pinecone API key", joined("pcsk", `_${drawn(6)}_${drawn(60)}`)],
  ["LangSmith API key", joined("lsv2", `_pt_${hex(32)}_${hex(10)}`)],
  ["AWS access key", joined("AKI", `A${upper(16)}`)],
  ["AWS access key", joined("ASI", `A${upper(16)}`)],
  ["Google API key", joined("AIz", `a${url64(34)}7`)],
  ["Google OAuth client secret", joined("GOCS", `PX-${drawn(28)}`)],
  ["Google OAuth token", joined("ya", `29.${url64(120)}`)],
  ["DigitalOcean token", joined("dop", `_v1_${hex(64)}`)],
  ["Heroku API key", joined("HRKU", `-${uuid()}`)],
  ["Netlify token", joined("nfp", `_${drawn(36)}`)],
  ["Fly.io token", joined("fm2", `_${base64(150)}`)],
  ["Supabase key", joined("sbp", `_${hex(40)}`)],
  ["Supabase key", joined("sb_secret", `_${drawn(31)}`)],
  ["PlanetScale key", joined("pscale", `_tkn_${drawn(43)}`)],
  ["Databricks token", joined("dap", `i${hex(32)}`)],
  ["Vault token", joined("hv", `s.${drawn(90)}`)],
  ["Terraform token", joined(`${drawn(14)}.atlas`, `v1.${drawn(67)}`)],
  ["Doppler token", joined("dp", `.pt.${drawn(43)}`)],
  ["Pulumi token", joined("pul", `-${hex(40)}`)],
  ["age secret key", joined("AGE-SECRET", `-KEY-1${upper(58)}`)],
  ["Azure client secret", joined(`${drawn(3)}8Q`, `~${drawn(34)}`)],
  [
    "JSON web token",
    joined(`${encoded({ alg: "HS256", typ: "JWT" })}.${encoded({ sub: "42", name: "Ann" })}.${url64(43)}`),
  ],
  ["GitHub token", joined("gh", `p_${drawn(36)}`)],
  ["GitHub token", joined("gh", `o_${drawn(36)}`)],
  ["GitHub token", joined("gh", `s_${drawn(36)}`)],
  ["GitHub token", joined("github", `_pat_${drawn(22)}_${drawn(59)}`)],
  ["GitLab token", joined("glp", `at-${drawn(20)}`)],
  ["GitLab token", joined("glr", `t-${drawn(20)}`)],
  ["Atlassian token", joined("ATAT", `T3xFfGF0${url64(170)}`)],
  ["npm token", joined("np", `m_${drawn(36)}`)],
  ["PyPI token", joined("pyp", `i-AgEIcHlwaS5vcmc${url64(140)}`)],
  ["RubyGems API key", joined("rubygems", `_${hex(48)}`)],
  ["Docker Hub token", joined("dckr", `_pat_${url64(27)}`)],
  ["SonarQube token", joined("sq", `p_${hex(40)}`)],
  ["Postman API key", joined("PMA", `K-${hex(24)}-${hex(34)}`)],
  ["Linear API key", joined("lin", `_api_${drawn(40)}`)],
  ["Notion token", joined("nt", `n_${drawn(46)}`)],
  ["Notion token", joined("secret", `_${drawn(43)}`)],
  ["Figma token", joined("fig", `d_${url64(40)}`)],
  ["Airtable token", joined("pa", `t${drawn(14)}.${hex(64)}`)],
  ["Sentry DSN", joined(`https://${hex(32)}@o4507.ingest.sentry`, `.io/4507123`)],
  ["Sentry token", joined("sntry", `s_${base64(120)}`)],
  ["Grafana token", joined("gls", `a_${drawn(32)}_${hex(8)}`)],
  ["New Relic key", joined("NRA", `K-${upper(27)}`)],
  ["New Relic license key", joined(`${hex(36)}NR`, "AL")],
  ["Dynatrace token", joined("dt0", `c01.${upper(24)}.${upper(64)}`)],
  ["Slack token", joined("xox", `b-${digits(12)}-${digits(12)}-${drawn(24)}`)],
  ["Slack token", joined("xox", `p-${digits(12)}-${digits(12)}-${digits(12)}-${hex(32)}`)],
  ["Slack webhook", joined(`https://hooks.slack`, `.com/services/T${upper(8)}/B${upper(8)}/${drawn(24)}`)],
  ["Discord webhook", joined(`https://discord`, `.com/api/webhooks/${digits(18)}/${url64(68)}`)],
  ["Discord bot token", joined(`MTA${drawn(23)}.`, `${drawn(6)}.${url64(38)}`)],
  ["Telegram bot token", joined(`${digits(10)}:A`, `A${drawn(33)}`)],
  ["Twilio API key", joined("S", `K${hex(32)}`)],
  ["SendGrid API key", joined("S", `G.${url64(22)}.${url64(43)}`)],
  ["Mailgun API key", joined("key", `-${hex(32)}`)],
  ["Mailgun API key", joined(`${hex(32)}-`, `${hex(8)}-${hex(8)}`)],
  ["Mailchimp API key", joined(hex(32), "-us21")],
  ["Brevo API key", joined("xkeysib", `-${hex(64)}-${drawn(16)}`)],
  ["Resend API key", joined("r", `e_${drawn(8)}_${drawn(24)}`)],
  ["Stripe key", joined("sk", `_live_${drawn(24)}`)],
  ["Stripe key", joined("rk", `_live_${drawn(99)}`)],
  ["Stripe key", joined("sk", `_test_${drawn(24)}`)],
  ["webhook secret", joined("whs", `ec_${drawn(32)}`)],
  ["Square key", joined("sq0", `csp-${drawn(43)}`)],
  [
    "Braintree access token",
    joined("access", `_token$production$${drawn(16, `${LETTERS}0123456789`)}$${hex(32)}`),
  ],
  ["Shopify token", joined("shp", `at_${hex(32)}`)],
  ["Plaid token", joined("access", `-production-${uuid()}`)],
  ["Razorpay key", joined("rzp", `_live_${drawn(14)}`)],
];

/** The lines of a private key of some kind. */
export function privateKey(kind: string, lines = 12): string[] {
  return [
    `-----BEGIN ${kind}-----`,
    ...Array.from({ length: lines }, () => base64(64)),
    `${base64(30)}==`,
    `-----END ${kind}-----`,
  ];
}

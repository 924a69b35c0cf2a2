/** Keys of clouds, hosts, databases and vaults. */
import type { EmbeddedRule, PrefixRule } from "./rule.ts";

export const CLOUD_KEYS: readonly PrefixRule[] = [
  { kind: "Yandex token", prefixes: ["y0_", "y1_"], rest: String.raw`[\w-]{50,80}` },
  { kind: "Yandex API key", prefixes: ["AQVN"], rest: String.raw`[\w-]{35,38}` },
  { kind: "AWS access key", prefixes: ["AKIA", "ASIA", "ABIA", "ACCA"], rest: "[A-Z0-9]{16}" },
  { kind: "AWS Bedrock API key", prefixes: ["ABSK"], rest: "[A-Za-z0-9+/]{60,200}={0,2}" },
  { kind: "Google API key", prefixes: ["AIza"], rest: String.raw`[\w-]{35}` },
  { kind: "Google OAuth client secret", prefixes: ["GOCSPX-"], rest: String.raw`[\w-]{20,40}` },
  { kind: "Google OAuth token", prefixes: ["ya29."], rest: String.raw`[\w.-]{20,500}` },
  { kind: "Google OAuth refresh token", prefixes: ["1//0"], rest: String.raw`[\w-]{35,200}` },
  {
    kind: "DigitalOcean token",
    prefixes: ["dop_v1_", "doo_v1_", "dor_v1_"],
    rest: "[a-f0-9]{40,64}",
  },
  { kind: "Alibaba Cloud access key", prefixes: ["LTAI"], rest: "[A-Za-z0-9]{12,26}" },
  { kind: "Tencent Cloud secret id", prefixes: ["AKID"], rest: "[A-Za-z0-9]{32}" },
  { kind: "Heroku API key", prefixes: ["HRKU-"], rest: String.raw`[\w-]{30,80}` },
  { kind: "Netlify token", prefixes: ["nfp_"], rest: "[A-Za-z0-9]{30,60}" },
  { kind: "Vercel token", prefixes: ["vercel_blob_rw_", "vcp_"], rest: String.raw`[\w]{24,80}` },
  { kind: "Render API key", prefixes: ["rnd_"], rest: "[A-Za-z0-9]{28,40}" },
  { kind: "Fly.io token", prefixes: ["fm1_", "fm2_", "fo1_"], rest: String.raw`[\w+/=-]{40,500}` },
  { kind: "Supabase key", prefixes: ["sbp_", "sb_secret_"], rest: String.raw`[\w-]{20,80}` },
  {
    kind: "PlanetScale key",
    prefixes: ["pscale_tkn_", "pscale_pw_", "pscale_oauth_"],
    rest: String.raw`[\w.=-]{32,64}`,
  },
  { kind: "Neon key", prefixes: ["napi_", "npg_"], rest: "[A-Za-z0-9]{10,80}" },
  { kind: "Databricks token", prefixes: ["dapi"], rest: "[a-f0-9]{32}(?:-[0-9])?" },
  { kind: "Vault token", prefixes: ["hvs.", "hvb.", "hvr."], rest: String.raw`[\w-]{20,300}` },
  { kind: "Doppler token", prefixes: ["dp."], rest: String.raw`(?:pt|st|ct|sa|scim|audit)\.[\w.-]{36,80}` },
  { kind: "1Password service token", prefixes: ["ops_eyJ"], rest: String.raw`[\w=-]{100,2000}` },
  { kind: "age secret key", prefixes: ["AGE-SECRET-KEY-1"], rest: "[A-Z0-9]{50,70}" },
  { kind: "Pulumi token", prefixes: ["pul-"], rest: "[a-f0-9]{40}" },
  { kind: "Cloudflare origin key", prefixes: ["v1.0-"], rest: "[a-f0-9]{24}-[a-f0-9]{140,160}" },
  { kind: "Confluent key", prefixes: ["cflt"], rest: "[A-Za-z0-9+/]{55,70}" },
  {
    kind: "JSON web token",
    prefixes: ["eyJ"],
    rest: String.raw`[\w-]{8,4000}(?:\.[\w-]{2,8000}){1,4}\.[\w-]{6,1000}`,
  },
];

export const CLOUD_EMBEDDED: readonly EmbeddedRule[] = [
  // Storage, Cosmos and Batch have keys of 64 bytes.
  { kind: "Azure key", near: /==["'`]/, pattern: /(?<=["'`])([A-Za-z0-9+/]{86}==)(?=["'`])/g },
  // Nodes of block chains have their key in the path.
  {
    kind: "node API key",
    near: /\.(?:infura\.io|alchemy\.com|alchemyapi\.io|quiknode\.pro|ankr\.com|getblock\.io|chainstack\.com|blastapi\.io|nodereal\.io|moralis-nodes\.com|pokt\.network|drpc\.org)\//,
    pattern:
      /\.(?:infura\.io|alchemy\.com|alchemyapi\.io|quiknode\.pro|ankr\.com|getblock\.io|chainstack\.com|blastapi\.io|nodereal\.io|moralis-nodes\.com|pokt\.network|drpc\.org)\/(?:[\w-]{1,20}\/){0,4}([\w-]{30,70})(?![\w-])/g,
  },
  {
    kind: "Azure storage key",
    near: /AccountKey=/,
    pattern: /AccountKey=([A-Za-z0-9+/]{40,120}={0,2})/g,
  },
  {
    kind: "Azure shared access key",
    near: /SharedAccessKey=/,
    pattern: /SharedAccessKey=([A-Za-z0-9+/]{30,120}={0,2})/g,
  },
  {
    kind: "Azure shared access signature",
    near: /sig=/,
    pattern: /(?<=[?&;])sig=((?:[A-Za-z0-9+/_-]|%[0-9A-Fa-f]{2}){20,160}={0,2})/g,
  },
  { kind: "Azure client secret", near: /Q~/, pattern: /(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~])/g },
  {
    kind: "Azure DevOps token",
    near: /AZDO/,
    pattern: /(?<![A-Za-z0-9])[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?!\w)/g,
  },
  {
    kind: "Azure key",
    near: /AzFu/,
    pattern: /(?<![\w/+-])[\w-]{40,48}AzFu[\w-]{6,10}={0,2}/g,
  },
  {
    kind: "Terraform token",
    near: /\.atlasv1\./,
    pattern: /(?<![A-Za-z0-9])[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,80}/g,
  },
  {
    kind: "AWS session token",
    near: /ecurity-/,
    pattern: /X-Amz-Security-Token=([\w%+/-]{40,2000}={0,2})/g,
  },
  {
    kind: "AWS signature",
    near: /X-Amz-Signature=/,
    pattern: /X-Amz-Signature=([a-f0-9]{64})/g,
  },
];

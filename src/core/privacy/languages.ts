/** What passwords, tokens and keys are called in other languages. */
import { folded } from "./words.ts";

/** Latin, without accents; a name has them as whole words, or two of them joined. */
const PASSWORDS =
  /(?<![a-z])(?:kenn?wort|losungswort|zugangscode|geheimzahl|wachtwoord|losenord|passord|adgangskode|salasana|haslo|heslo|jelszo|sifre|sifresi|parolasi|contrasen(?:y?a|ia)|senha|palavra[-_ ]?(?:passe|chave)|mot[-_ ]?de[-_ ]?passe|mdp|mat[-_ ]?khau|kata[-_ ]?sandi|geslo|lozinka|slaptazodis|parool|passe|mot[-_ ]?passe)(?![a-z])/g;
/** The same, where the word has other meanings too. */
const VAGUE = /(?<![a-z])(?:clave|parola|parole|parol|geheim|passe)(?![a-z])/g;
const SECRETS = /(?<![a-z])(?:geheimnis|secreto|segredo|segreto|hemmelighed|tajemstvi|sekret)(?![a-z])/g;
const TOKENS = /(?<![a-z])(?:jeton|zugriffstoken)(?![a-z])/g;
const KEYS =
  /(?<![a-z])(?:api[-_ ]?(?:schluessel|schlussel|sleutel|clave|chave|klucz|klic|avain|nyckel|nokkel|chiave|cle)|(?:clave|chave|chiave|cle|khoa)[-_ ]?(?:de[-_ ]?)?(?:api|secreta|secrete|segreta|privada|acceso|acesso))(?![a-z])/g;

/** Other scripts write words without breaks, and the name ends with them. */
const SCRIPTS: readonly (readonly [RegExp, string])[] = [
  [
    /パスワード|パスフレーズ|パスコード|暗証番号|密码|密碼|口令|비밀번호|패스워드|암호|парол[ьяюеи]м?|รหัสผ่าน|पासवर्ड|كلمة (?:المرور|السر)|סיסמ[הא]|κωδικ[όο]ς|συνθηματικό/giu,
    " password ",
  ],
  [
    /(?:api[ _-]?|秘密|访问|訪問|アクセス|секретный |비밀 ?)(?:キー|鍵|密钥|密鑰|ключ|키)|密钥|密鑰|秘钥/giu,
    " api key ",
  ],
  [/トークン|令牌|токен|토큰/giu, " token "],
  [/シークレット|секрет|비밀/giu, " secret "],
];

/** The name with what it calls a secret in English; "vague" stands for a word of several meanings. */
export function inEnglish(name: string): string {
  if (/^[\w.$-]*$/.test(name) && !FOREIGN_LATIN.test(name)) return name;
  let english = name;
  for (const [pattern, word] of SCRIPTS) english = english.replaceAll(pattern, word);
  const plain = folded(english.replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, "$1_$2"));
  const replaced = plain
    .replaceAll(KEYS, " api_key ")
    .replaceAll(PASSWORDS, " password ")
    .replaceAll(VAGUE, " vague ")
    .replaceAll(SECRETS, " secret ")
    .replaceAll(TOKENS, " token ");
  return replaced === plain ? english : replaced;
}
/** Parts of such names; a name of ASCII letters without any of them is English. */
const FOREIGN_LATIN =
  /wort|woord|gangs?[ck]ode|zahl|senord|passord|salasana|haslo|heslo|jelszo|sifre|parol|contrasen|senha|passe|mdp|khau|sandi|geslo|lozinka|slaptaz|clave|geheim|secreto|segreto|segredo|hemmel|tajem|sekret|jeton|zugriff|schl|sleutel|chave|chiave|klucz|klic|avain|nyckel|nokkel|khoa|cle/i;
/** What finds them in a text, accents and all. */
export const TELLING_ELSEWHERE = [
  "mots?[ _-]?de[ _-]?passe",
  "palavra[ _-]?(?:passe|chave)",
  "(?:totp|otp|mfa)_?seed",
  "m[aậ]t[ _-]?kh[aẩ]u",
  "kata[ _-]?sandi",
  "kenn?wort|losungswort|zugangscode|geheim|schl(?:ü|ue|u)ssel|wachtwoord|sleutel",
  "l[oö]senord|adgangskode|salasana|has[łl]o\\b|heslo|jelsz[oó]|parol|[sş]ifre|geslo\\b|lozinka|slapta[zž]od",
  "cl[eé]s?[ _-]?(?:d'|de )?(?:api|secr|priv)|kh[oó]a[ _-]?api|contrase|senha|clave|chave|chiave|segre[dt]o|jeton|mdp\\b",
  "パス(?:ワード|フレーズ|コード)|暗証番号|密码|密碼|口令|密钥|密鑰|秘钥|秘密鍵|キー|シークレット|トークン|令牌",
  "비밀번호|비밀|패스워드|암호|토큰|парол|токен|ключ|секрет|รหัสผ่าน|पासवर्ड|كلمة (?:المرور|السر)|סיסמ[הא]|κωδικ|συνθηματικό",
].join("|");

/** Words that stand where a secret could and are none: names of fields, types, states, labels in some languages. */

const WORDS = new Set(
  `password passwd passphrase passcode pass pwd secret secrets token tokens key keys apikey api auth authorization
  authentication credential credentials cred creds bearer basic digest jwt oauth session cookie csrf xsrf access refresh
  client server private public user username users name email login logout signin signup register account admin root guest
  default none null nil undefined true false yes no on off empty unset unknown invalid valid missing required optional
  hidden visible text string str number int integer boolean bool object array list dict map bytes byte buffer char any
  void never unicode varchar uuid json yaml xml html form field input label type kind value val data body header headers
  query param params parameter parameters argument arg args argv option options opt config configuration env environment
  variable var function method class interface enum const constant literal identifier keyword operator comment punctuation
  plain plaintext encrypted hashed hash salt encoded decoded raw base none test testing tests demo sample dummy foo bar
  baz qux foobar hello world new old current previous next confirm confirmation repeat again reset forgot forgotten change
  update create delete remove edit save submit cancel enter show hide enable disable enabled disabled strong weak medium
  the your you this that these those with from into must should please cannot not and for are is was has have been does
  enter entered wrong correct incorrect match matches failed failure error success warning info debug expired denied
  mock stub fake test example placeholder prompt stdin file path url uri host port database db localhost local remote
  development production staging prod dev here there self some string id ids code pin otp totp mfa generated generate
  random get set put post manual auto automatic system service role state status result results response request message
  messages title description page index home view button link icon image color size width height left right center
  passwort kennwort passwoord wachtwoord contrasena clave senha motdepasse parola haslo heslo salasana losenord losen
  passord adgangskode adgangskoder jelszo sifre mật khẩu kata sandi parool slaptazodis parole geslo lozinka
  geheim geheimnis secreto segredo segreto jeton ficha symbol stripe github gitlab google azure aws bot app application
  bcrypt scrypt argon pbkdf crypt cipher encryption encode decode sign signed signing verify verified verifier secure
  security policy rule rules check checker validator validation validate regex pattern format min max length minlength
  maxlength only once sensitive internal external custom advanced simple normal standard grant flow scope sso saml ldap
  oidc openid protected masked omitted redacted xxx tbd todo prepare hint helper strength meter toggle eye lock unlock
  tokenizer lexer parser node nodes entity element item items component props style theme dark light col row mt pt
  input output stdin getpass passwordbox textbox securestring charsequence optional nullable unknown something anything nothing nopassword qwerty mismatch mandatory absent blank provided given unchanged unauthorized
  forbidden rejected accepted revoked rotated okay bad good equal different same short long common compromised leaked
  breached incomplete unsafe insecure unequal duplicate reused taken present prohibited disallowed passes passed pending autofocus autocomplete`.split(
    /\s+/,
  ),
);

export function isPlainWord(word: string): boolean {
  return WORDS.has(word.toLowerCase());
}

/** Words of which messages about passwords are made, in some languages, without accents. */
const MESSAGE = new Set(
  `characters character chars letters letter digits digit numbers symbols least most than more fewer longer shorter between
  too long short minutes minute hours hour days day seconds times attempts try again later wait remaining left step of in
  on at by be has zeichen mindestens hochstens stellen ziffern buchstaben minuten stunden tage lang muss darf ist sind oder der die das ein eine caracteres caracteres al menos minimo maximo debe tener como dias horas minutos pelo deve ter
  caracteres caracteres au moins doit contenir minutes jours heures ou le la les des du de caratteri almeno deve essere
  tekens minstens moet zijn tegn minst skal tecken minst maste merkkia vahintaan znakow znaku znaky minimalnie musi
  karakter en az legalabb ky tu phai it nhat karakter minimal harus simvolov pg tokens version line lines column page row
  error code http rfc ssl tls usd eur bit bits byte bytes mb kb gb ms`.split(/\s+/),
);

/** Whether the word belongs to a message to the reader: "at least 8 characters". */
export function isMessageWord(word: string): boolean {
  return MESSAGE.has(folded(word));
}

/** Lower case, without accents. */
export function folded(text: string): string {
  return text
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ł", "l")
    .replaceAll("đ", "d")
    .replaceAll("ı", "i")
    .replaceAll("ø", "o")
    .replaceAll("ß", "ss");
}

const TECHNICAL =
  /^(?:e2e|i18n|l10n|a11y|k8s|s3|ec2|r2|d1|h[1-6]|v\d{1,2}|x509|x86|[236]fa|u2f|webauthn|fido2|oauth[12]?(?:\.\d)?|auth0|p12|pkcs\d{1,2}|sha\d{1,3}|md[45]|base\d{2}|b64|utf\d{1,2}|ut?f8|argon2(?:i|d|id)?|pbkdf2|bcrypt|scrypt|hs\d{3}|rs\d{3}|es\d{3}|ps\d{3}|aes\d{0,3}|rsa\d{0,4}|ed25519|curve25519|secp256[kr]1|http[123]|ipv[46]|int\d{1,2}|uint\d{1,2}|float\d{2}|string\d?|mp[34]|neo4j|log4j|web3|es\d{1,4}|rfc\d{3,4}|iso\d{3,5}|cp\d{3,4}|latin1|win32|win64|p\d{2}|mysql\d?|sqlite3?|python\d?|php\d?|vue\d|angular\d?|bootstrap\d|log10|cap\d?)$/i;

/** Names of the trade that have digits in them: "sha256", "oauth2". */
export function isTechnical(word: string): boolean {
  return TECHNICAL.test(word);
}

/** Such names within a longer one: "testEd25519PrivateKey". */
export const TECHNICAL_PART =
  /(?:ed|x)25519|sha(?:1|224|256|384|512)|base64|pbkdf2|argon2id?|pkcs\d{1,2}|x509|oauth2|utf8|secp256[kr]1|aes(?:128|192|256)|[hr]s256|erc(?:20|721|1155)|md5|(?<=[a-z])V\d{1,2}(?:(?:alpha|beta)\d{1,2})?(?=[A-Z_]|$)/gi;

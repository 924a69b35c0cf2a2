import { describe, expect, it } from "vitest";
import { findSecrets } from "../../../src/core/privacy/secrets.ts";
import { base64, drawn, HEX, joined, privateKey } from "./keys.ts";

/** What is found in the text, as it stands there. */
const found = (text: string) => findSecrets(text).map(({ start, end }) => text.slice(start, end));

/** A password as people make them up: words, a sign, a digit. */
const K = joined("Kirsch", "-", "Baum5");
const V = `⟦${K}⟧`;
const TOKEN = drawn(32);
const WORDS = "gravel ocean tumble fiscal orbit candy velvet sponsor hazard mimic lantern brisk";

/** In the examples ⟦…⟧ marks what should be found, and nothing else should. */
function check(example: string): void {
  const secrets = [...example.matchAll(/⟦([^⟧]*)⟧/g)].map(([, secret = ""]) => secret);
  expect(found(example.replaceAll(/[⟦⟧]/g, ""))).toEqual(secrets);
}

const PLACES: Record<string, readonly string[]> = {
  "declarations of many languages": [
    `DECLARE @pwd NVARCHAR(50) = N'${V}';`,
    `v_password VARCHAR2(30) := '${V}';`,
    `CONSTANTS gc_password TYPE string VALUE '${V}'.`,
    `  05 WS-PASSWORD PIC X(12) VALUE '${V}'.`,
    `MOVE '${V}' TO WS-PASSWORD`,
    `Private Const DB_PASSWORD As String = "${V}"`,
    `public string Password { get; set; } = "${V}";`,
    `public string Password => "${V}";`,
    `constexpr std::string_view kPassword{"${V}"};`,
    `const password: []const u8 = "${V}";`,
    `(defparameter *db-password* "${V}")`,
    `[{user, "ann"}, {password, "${V}"}].`,
    `my $password = q{${V}};`,
    `password = %q(${V})`,
    `password = <<~PW\n  ${V}\nPW`,
    `set :password, '${V}'`,
    `user, pwd := "ann", "${V}"`,
    `def password(): return "${V}"`,
    `"password" to "${V}"`,
    `url.Values{"password": {"${V}"}}`,
  ],
  "values to fall back on": [
    `password = ENV.fetch("DB_PASSWORD") { "${V}" }`,
    `let p = env::var("DB_PASSWORD").unwrap_or_else(|_| "${V}".into());`,
    `val p = System.getenv("DB_PASSWORD") ?: "${V}"`,
    `my $p = $ENV{DB_PASSWORD} // '${V}';`,
    `parser.add_argument("--db-password", help="x", default="${V}")`,
    `"password": { "type": "string", "default": "${V}" }`,
    `PASSWORD ?= ${V}`,
  ],
  "tests of user interfaces, and comparisons": [
    `driver.find_element(By.ID, "password").send_keys("${V}")`,
    `await page.fill('input[name="password"]', '${V}');`,
    `cy.get('#password').type('${V}')`,
    `When I fill in "Password" with "${V}"`,
    `if (password.equals("${V}")) {`,
    `expect(user.password).toBe('${V}');`,
    `assertEquals("${V}", user.getPassword());`,
    "    ${PASSWORD}    " + V,
  ],
  "calls that take a password without naming it": [
    `$pdo = new PDO('mysql:host=db;dbname=x', 'ann', '${V}');`,
    `ldap_bind($l, 'cn=admin', '${V}');`,
    `my $dbh = DBI->connect("dbi:Pg:dbname=x", "ann", "${V}");`,
    `auth := smtp.PlainAuth("", "ann@x.test", "${V}", "smtp.x.test")`,
    `client.get(url).basic_auth("ann", Some("${V}"))`,
    `ks.load(in, "${V}".toCharArray());`,
    `mac = hmac.new(b"${V}", msg, hashlib.sha256)`,
    `bcrypt.hash('${V}', 10)`,
    `wlan.connect("Laube", "${V}")`,
    `SELECT pgp_sym_encrypt(x, '${V}')`,
  ],
  commands: [
    `lftp -e "mirror; quit" -u ann,${V} ftp.x.test`,
    `htpasswd -cbB .htpasswd ann '${V}'`,
    String.raw`net use Z: \\nas\scan /user:INTERN\ann ${V} /persistent:no`,
    `sqlcmd -S db -U sa -P ${V} -i x.sql`,
    `ldapsearch -x -D cn=admin -w ${V} -b dc=x`,
    `7z a -p${V} out.7z in/`,
    `smbclient //nas/scan -U ann%${V}`,
    `rabbitmqctl add_user ann ${V}`,
    `deploy.sh -u ann -p ${V}`,
    `echo '${V}' | sudo -S systemctl restart x`,
    `expect "password:"\nsend "${V}\\r"`,
    `["mysql", "-u", "root", "-p${V}"]`,
    `PASSWORD=anchovis.${V} ./provision.sh --dry-run`.replace("⟦", "").replace("anchovis", "⟦anchovis"),
  ],
  "files of configuration": [
    `env:\n  - name: LDAP_BIND_PASSWORD\n    value: ${V}`,
    `datasource: {user: ann, password: ${V}}`,
    `spring:\n  datasource:\n    username: kiosk\n    password: ⟦kellertreppe⟧\n`,
    `user = ann\npassword = Bau⟧"maschinen?6`.replace("Bau⟧", "⟦Bau") + "⟧\n",
    `[mail]\nuser = ann\npassword = ⟦Leinpfad 7 Anker⟧\n`,
    `enable secret 0 ${V}`,
    `snmp-server community ${V} RO`,
    `crypto isakmp key ${V} address 1.2.3.4`,
    `sentinel auth-pass mymaster ${V}`,
    `[smtp.x.test]:587 ann@x.test:${V}`,
    `: PSK "${V}"`,
    `network={\n    ssid="Laube"\n    psk="${V}"\n}`,
    `chpasswd:\n  list: |\n    ann:${V}`,
    `<jdbc:password>${V}</jdbc:password>`,
    `<password><![CDATA[${V}]]></password>`,
    `<Password>\n  <Value>${V}</Value>`,
    `<parameter><name>password</name><value>${V}</value></parameter>`,
    `define( 'AUTH_KEY', '⟦J^/0I?yi_,w%40Ha3fd&{3S/msaEK2CWL=Pbqz&C6b5oA k@1q% )QwfO^]y{,|}⟧' );`,
  ],
  "tables and rows": [
    `| user | password |\n|---|---|\n| ann | ${V} |\n| bob | ⟦Apfel-Kuchen7⟧ |`,
    `user;passwort;rolle\nann;${V};admin`,
    `| Passwort | \`${V}\` | nur Test |`,
    `<td>Password</td><td>${V}</td>`,
    `User name,Console URL,Secret access key\nann,https://x.test/console,⟦${base64(40)}⟧`,
    `INSERT INTO users (name, password, role) VALUES ('ann', '${V}', 'admin');`,
  ],
  "sentences and comments": [
    `# password: ⟦Otter.im.Fluss4⟧`,
    `// Login: ann, Passwort: ${V}`,
    `Sign in with user \`admin\` and password \`${V}\`.`,
    `- **Password:** \`${V}\``,
    `the password for staging is ${V} btw`,
    `das WLAN-Kennwort ist ${V}, nicht weitersagen`,
    `nimm einfach ${V} als Passwort`,
    `Zugangsdaten: ann / ${V}`,
    `das Passwort ist ⟦${drawn(20)}9x⟧ danke`,
  ],
  "other languages": [
    `contraseña = "${V}"`,
    `// senha do banco: ${V}`,
    `$mot_de_passe = '${V}';`,
    `le mot de passe est ${V}`,
    `mat_khau = "${V}"`,
    `// mật khẩu FTP: ${V}`,
    `String パスワード = "${V}";`,
    `# 検証環境のパスワード: ${V}`,
    `密码是 ${V}`,
    `비밀번호는 ${V} 입니다`,
    `пароль от базы — ${V}`,
    `hasło: ${V}`,
    `şifre = "${V}"`,
    `lösenord = "${V}"`,
    `clave_api = "⟦${TOKEN}⟧"`,
    `APIキー: ⟦${TOKEN}⟧`,
  ],
  "keys in places of their own": [
    `key: "⟦${base64(86)}==⟧",`,
    `new AuthenticationHeaderValue("Basic", "⟦${Buffer.from(`ann:${K}`).toString("base64")}⟧");`,
    `var encryptionKey = mustHex("⟦${drawn(64, HEX)}⟧")`,
    `static readonly byte[] WebhookSecret = Convert.FromBase64String("⟦${base64(43)}=⟧");`,
    `url: "https://mainnet.infura.io/v3/⟦${drawn(32, HEX)}⟧",`,
    `const wallet = new ethers.Wallet("⟦0x${drawn(64, HEX)}⟧", provider);`,
    `ethers.Wallet.fromPhrase('⟦${WORDS}⟧')`,
    `{ "kty": "oct", "k": "⟦${drawn(43)}⟧" }`,
    `PHPSESSID=⟦${drawn(26)}⟧`,
    `license: "⟦${[1, 2, 3, 4, 5].map(() => drawn(5, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789")).join("-")}⟧"`,
  ],
};

describe.each(Object.entries(PLACES))("a password as people make them up, in %s", (_, examples) => {
  it.each(examples)("%s", check);
});

/** Values as they are made up, each quoted in code, in a file of configuration and in an element. */
const VALUES = [
  "wachhund-Bello",
  "Kellertreppe_21",
  "kellertreppe-hinten",
  "Frachtbrief.Nr9",
  "changeit-Nord9",
  "fahrplan{Winter}",
  "Hagel/Sturm4",
  "#Hagel-Sturm4",
  "Nord9Ost3West",
  "4711Hagel",
  "método7-Casa",
  "Bánh-mì5",
  "20193847",
];

describe.each(VALUES)("%s", (value) => {
  it.each([
    ["code", `connect(user="ann", password="⟦${value}⟧")`],
    ["INI", `[db]\nuser = ann\npassword = "⟦${value}⟧"\nport = 1`],
    ["an element", `<password>⟦${value}⟧</password>`],
  ])("in %s", (_, example) => {
    check(example);
  });
});

const HARMLESS: Record<string, readonly string[]> = {
  "names and labels that could be made up": [
    `RenderPass* pass = graph.addPass("shadow");`,
    `errors.password = "mismatch";`,
    `"password": "Mindestens 8 Zeichen",`,
    `password: "At least 8 characters and 1 digit",`,
    `password: t("auth.login.step2.password"),`,
    `password = settings.get("db.password1")`,
    `token: "Sha256Hash"`,
    `<input type="password" class="form-control-lg2" />`,
    `"password": "pw-field-2"`,
    `passwordSelector: "#login-password2"`,
    `const passwordHasher = "pbkdf2-sha256";`,
  ],
  "sentences and tables about passwords": [
    `| Password | string | required |`,
    `| Token | Meaning |\n|---|---|\n| IDENT | an identifier |`,
    `The password length is 12-64 characters.`,
    `password hashing: PBKDF2-HMAC-SHA256`,
    `Passwords are stored as SHA-512.`,
    `the token type is OAuth2`,
    `# password policy: NIST-800-63B`,
  ],
  "what stands for a secret": [
    `aws_access_key_id = ${joined("AKIA", "IOSFODNN7", "EXAMPLE")}`,
    `ldap.password=@ldap.password@`,
    `user=ann&password=%5BFiltered%5D`,
    `secretArn: arn:aws:secretsmanager:eu-central-1:448120097731:secret:kai/db-AbC12d`,
    `password: "{Password}"`,
    `password = "changeme123"`,
    `kerberos: !secret wifi_password2`,
    `key.token = str(uuid.uuid1())`,
  ],
  "words in a row": [
    `"array", "optional", "nullable", "object", "array", "optional", "array", "object", "array", "optional", "union", "array" // seed`,
    `the wallet shows for each account its name, and the seed is not kept on disk at all`,
  ],
};

describe.each(Object.entries(HARMLESS))("is left alone: %s", (_, examples) => {
  it.each(examples)("%s", (text) => {
    expect(found(text)).toEqual([]);
  });
});

describe("private keys in other dress", () => {
  const lines = privateKey("RSA PRIVATE KEY");
  const dressed: readonly (readonly [string, string])[] = [
    ["a patch that removes it", lines.map((line) => `-${line}`).join("\n")],
    ["a listing with numbers", lines.map((line, at) => `${at + 1}: ${line}`).join("\n")],
    ["Visual Basic", lines.map((line) => `"${line}" & vbCrLf & _`).join("\n")],
    ["C#", lines.map((line) => `"${line}" + Environment.NewLine +`).join("\n")],
    ["SQL", lines.map((line) => `'${line}' || chr(10) ||`).join("\n")],
    ["XML", lines.join("&#10;")],
    ["a URL", encodeURIComponent(lines.join("\n"))],
    ["base64", `client-key-data: ${Buffer.from(lines.join("\n")).toString("base64")}`],
    [
      "a service account in base64",
      Buffer.from(JSON.stringify({ private_key: lines.join("\n") })).toString("base64"),
    ],
  ];
  it.each(dressed)("%s", (_, text) => {
    const [first] = findSecrets(`before\n${text}\nafter`);
    expect((first?.end ?? 0) - (first?.start ?? 0)).toBeGreaterThan(text.length * 0.9);
  });

  it("knows those of OpenVPN, PuTTY, SSH2, minisign, .NET, and keys without a head", () => {
    const hex = Array.from({ length: 16 }, () => drawn(32, HEX)).join("\n");
    const body = Array.from({ length: 6 }, () => base64(64)).join("\n");
    const der = `${joined("MIIEpA", "IBAAKCAQEA")}${base64(400)}`;
    const kinds = [
      `-----BEGIN OpenVPN Static key V1-----\n${hex}\n-----END OpenVPN Static key V1-----`,
      `PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 6\n${body}\nPrivate-MAC: ${drawn(64, HEX)}`,
      `---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: "ann"\n${body}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----`,
      `untrusted comment: minisign encrypted secret key\n${joined("RWRT", "Y0Iy")}${base64(80)}`,
      `<RSAKeyValue><Modulus>${base64(60)}</Modulus><D>${base64(88)}</D></RSAKeyValue>`,
      `load("${der}")`,
    ];
    for (const text of kinds)
      expect(
        findSecrets(text).map(({ kind }) => kind),
        text,
      ).toEqual(["private key"]);
  });
});

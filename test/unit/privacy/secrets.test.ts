import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { envValues, findSecrets, redact } from "../../../src/core/privacy/secrets.ts";
import { base64, drawn, HEX, joined, privateKey, VENDOR_KEYS } from "./keys.ts";

/** What is found in the text, as it stands there. */
const found = (text: string) => findSecrets(text).map(({ start, end }) => text.slice(start, end));
const kinds = (text: string) => findSecrets(text).map(({ kind }) => kind);

/** In the examples ⟦…⟧ marks what should be found, and nothing else should. */
function marked(example: string): { text: string; secrets: string[] } {
  return {
    text: example.replaceAll(/[⟦⟧]/g, ""),
    secrets: [...example.matchAll(/⟦([^⟧]*)⟧/g)].map(([, secret = ""]) => secret),
  };
}

describe("vendors' keys", () => {
  it.each(VENDOR_KEYS)("%s: %s", (kind, key) => {
    for (const text of [
      key,
      `const client = make("${key}");`,
      `value: ${key}\n`,
      `see ${key}, please`,
      String.raw`{"body":"line\n` + `${key}"}`,
    ]) {
      expect(found(text), text).toEqual([key]);
    }
    expect(kinds(`const x = "${key}"`)).toEqual([kind]);
  });

  it("finds an AWS secret key by its access key", () => {
    const id = joined("AKI", "A", drawn(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"));
    const secret = base64(40);
    expect(found(`${id},${secret},eu-central-1`)).toEqual([id, secret]);
    expect(
      found(`aws configure\nAWS Access Key ID [None]: ${id}\nAWS Secret Access Key [None]: ${secret}\n`),
    ).toEqual([id, secret]);
  });

  it("finds Azure's keys in connection strings and addresses", () => {
    const key = `${base64(86)}==`;
    expect(
      found(
        `DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=${key};EndpointSuffix=core.windows.net`,
      ),
    ).toEqual([key]);
    const shared = `${base64(43)}=`;
    expect(
      found(
        `"Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${shared}"`,
      ),
    ).toEqual([shared]);
    const signature = `${drawn(42)}%3D`;
    expect(
      found(
        `https://shop.blob.core.windows.net/in/a.csv?sv=2022-11-02&se=2027-01-01&sr=b&sp=r&sig=${signature}`,
      ),
    ).toEqual([signature]);
  });

  it("leaves masked, made-up and cut-off keys", () => {
    const texts = [
      "sk-" + "x".repeat(48),
      "sk-...",
      "sk-your-api-key-goes-here-please",
      "ghp_" + "X".repeat(36),
      "AKIA" + "X".repeat(16),
      "AIza" + "0".repeat(35),
      "hf_your_token_here",
      "whsec_",
      "sk-placeholder-not-a-real-key-at-all",
      "xoxb-your-token-here",
    ];
    for (const text of texts) expect(found(`const key = "${text}"; // ${text}`), text).toEqual([]);
  });

  it("finds no key inside of a longer word", () => {
    expect(found(`const hash = "${drawn(9)}AKIA${drawn(40)}"`)).toEqual([]);
  });
});

describe("private keys", () => {
  const KINDS = [
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
    "OPENSSH PRIVATE KEY",
    "PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "PGP PRIVATE KEY BLOCK",
  ];

  it.each(KINDS)("%s as a file, in JSON, in code, in YAML, cut off", (kind) => {
    const lines = privateKey(kind);
    const file = lines.join("\n");
    expect(found(`${file}\nafter`)).toEqual([file]);
    expect(kinds(file)).toEqual(["private key"]);
    const escaped = lines.join(String.raw`\n`);
    expect(found(`{"private_key": "${escaped}${String.raw`\n`}", "id": 1}`)[0]).toContain(escaped);
    const yaml = lines.map((line) => `    ${line}`).join("\n");
    expect(found(`key: |\n${yaml}\nnext: 1`)).toEqual([yaml.trim()]);
    const code = lines.map((line) => `  "${line}${String.raw`\n`}"`).join(" +\n");
    expect(found(`const key =\n${code};\nrun();`)).toEqual([code.trim().slice(1, -3)]);
    const cut = lines.slice(0, 6).join("\n");
    expect(found(`${cut}\n\nfunction after() {}`)).toEqual([cut]);
    expect(found(file.slice(0, 300))).toEqual([file.slice(0, 300)]);
  });

  it("takes the headers of an encrypted key along", () => {
    const [begin = "", ...rest] = privateKey("RSA PRIVATE KEY");
    const file = [begin, "Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,0011223344", "", ...rest].join(
      "\n",
    );
    expect(found(`x\n${file}\ny`)).toEqual([file]);
  });

  it("leaves public keys, certificates, and code that only speaks of keys", () => {
    for (const kind of ["PUBLIC KEY", "CERTIFICATE", "PGP PUBLIC KEY BLOCK", "RSA PUBLIC KEY"]) {
      expect(found(privateKey(kind).join("\n"))).toEqual([]);
    }
    expect(
      found(
        `if (text.startsWith("-----BEGIN RSA PRIVATE KEY-----")) return parse(text, "-----END RSA PRIVATE KEY-----");`,
      ),
    ).toEqual([]);
    expect(found("-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----")).toEqual([]);
  });
});

const RANDOM = drawn(32);
const SECRETS: Record<string, readonly string[]> = {
  "TypeScript and JavaScript": [
    `const password = "⟦Tr0ub4dor&3⟧";`,
    `const apiKey: string = '⟦${RANDOM}⟧';`,
    `export const JWT_SECRET =\n  "⟦${RANDOM}⟧";`,
    `const cfg = { user: "app", password: "⟦hunter2⟧", port: 5432 };`,
    `const secret = process.env.SESSION_SECRET || "⟦k3yb0ard-c4t-92⟧";`,
    `const secret = process.env["SESSION_SECRET"] ?? '⟦${RANDOM}⟧'`,
    `client.setApiKey("⟦${RANDOM}⟧");`,
    `headers: { "x-api-key": "⟦${RANDOM}⟧", Accept: "*/*" }`,
    `headers.set("Authorization", "Bearer ⟦${RANDOM}⟧");`,
    "fetch(url, { headers: { Authorization: `Bearer ⟦" + RANDOM + "⟧` } })",
    `this.clientSecret = '⟦${RANDOM}⟧';`,
    `if (input.password === "⟦0pen.Sesame!⟧") grant();`,
    `mongoose.connect("mongodb+srv://app:⟦${drawn(16)}⟧@cluster0.ab1cd.mongodb.net/shop");`,
    `const key = Buffer.from("x"); const encryptionKey = Buffer.from("⟦${drawn(64, HEX)}⟧", "hex");`,
  ],
  Python: [
    `API_KEY: str = Field(default="⟦${RANDOM}⟧")`,
    `requests.get(url, auth=("ann", "⟦Gandalf42⟧"))`,
    `key = jwt.encode(claims, "⟦l0ng-enough!⟧", algorithm="HS256")`,
    `if password != "⟦Gandalf42⟧":`,
    `PASSWORD = "⟦correct-horse-battery-staple⟧"`,
    `conn = psycopg2.connect(host="db", user="app", password="⟦Winter2019!⟧")`,
    `conn = psycopg2.connect("host=db dbname=shop user=app password=⟦Winter2019⟧")`,
    `os.environ["API_TOKEN"] = "⟦${RANDOM}⟧"`,
    `TOKEN = os.getenv("TOKEN", "⟦${RANDOM}⟧")`,
    `api_key: str = "⟦${RANDOM}⟧"`,
    `SECRET_KEY = b'⟦${RANDOM}⟧'`,
    `token = SecretStr("⟦${RANDOM}⟧")`,
    `requests.get(url, auth=("ann", "x"), headers={"Authorization": "token ⟦${RANDOM}⟧"})`,
    `SECRET_KEY = '⟦django-insecure-${drawn(50)}⟧'`,
  ],
  "Go, Rust, Java, C#": [
    `@Value("\${api.key:⟦${RANDOM}⟧}")`,
    `System.setProperty("javax.net.ssl.trustStorePassword", "⟦Gandalf#42⟧");`,
    `DriverManager.getConnection(url, "ann", "⟦Gandalf#42⟧")`,
    `new NetworkCredential("ann", "⟦Gandalf#42⟧")`,
    `static let apiKey = "⟦${RANDOM}⟧"`,
    `#define API_KEY "⟦${RANDOM}⟧"`,
    `WiFi.begin("home", "⟦homesweet22⟧");`,
    `const apiKey = "⟦${RANDOM}⟧"`,
    `var dbPassword string = "⟦s3cr3tPa55⟧"`,
    `password := "⟦Gandalf#42⟧"`,
    `cfg := Config{User: "app", Password: "⟦Gandalf#42⟧"}`,
    `dsn := "app:⟦Gandalf#42⟧@tcp(db:3306)/shop"`,
    `os.Setenv("ACCESS_TOKEN", "⟦${RANDOM}⟧")`,
    `key := []byte("x"); jwtSecret := []byte("⟦${RANDOM}⟧")`,
    `const API_KEY: &str = "⟦${RANDOM}⟧";`,
    `let token = String::from("⟦${RANDOM}⟧");`,
    `private static final String PASSWORD = "⟦Gandalf#42⟧";`,
    `dataSource.setPassword("⟦Gandalf#42⟧");`,
    `props.put("password", "⟦Gandalf#42⟧");`,
    `String url = "jdbc:postgresql://db/shop?user=app&password=⟦Gandalf42⟧";`,
    `var cs = "Server=db;Database=shop;User Id=sa;Password=⟦Gandalf#42⟧;Encrypt=true";`,
    `string clientSecret = @"⟦${RANDOM}⟧";`,
    `char password[] = "⟦Gandalf#42⟧";`,
  ],
  "Ruby, PHP, shell": [
    `ConvertTo-SecureString "⟦Gandalf#42⟧" -AsPlainText -Force`,
    `$env:API_KEY = "⟦${RANDOM}⟧"`,
    `setenv API_KEY ⟦${RANDOM}⟧`,
    `aws configure set aws_secret_access_key ⟦${base64(40)}⟧`,
    `kubectl create secret generic db --from-literal=password=⟦Gandalf42⟧`,
    `docker login -u ann -p ⟦Gandalf#42⟧ registry.test`,
    `redis-cli -h cache -a ⟦Gandalf42⟧ ping`,
    `openssl rsa -passin pass:⟦Gandalf42⟧ -in key.pem`,
    `echo "ann:⟦Gandalf42⟧" | chpasswd`,
    `password <- "⟦Gandalf42⟧"`,
    `config.secret_key_base = '⟦${drawn(128, HEX)}⟧'`,
    `ActiveRecord::Base.establish_connection(username: "app", password: "⟦Gandalf#42⟧")`,
    `{ :password => "⟦Gandalf#42⟧" }`,
    `define('DB_PASSWORD', '⟦Gandalf#42⟧');`,
    `$config['password'] = '⟦Gandalf#42⟧';`,
    `'secret' => env('AWS_SECRET', '⟦${base64(40)}⟧'),`,
    `export DB_PASSWORD=⟦swordfish⟧`,
    `export API_TOKEN="⟦${RANDOM}⟧"`,
    `PGPASSWORD=⟦Gandalf42⟧ psql -h db -U app`,
    `PASS=\${DB_PASSWORD:-⟦Gandalf42⟧}`,
    `curl -u ann:⟦Gandalf42⟧ https://api.shop.test/`,
    `curl -H "Authorization: Bearer ⟦${RANDOM}⟧" https://api.shop.test/`,
    `curl -H 'X-Api-Key: ⟦${RANDOM}⟧' https://api.shop.test/`,
    `mysql -u root -p⟦Gandalf42⟧ shop`,
    `tool login --user ann --password ⟦swordfish⟧`,
    `tool login --password=⟦Gandalf#42⟧ --verbose`,
    `tool --api-key "⟦${RANDOM}⟧"`,
    `sshpass -p '⟦Gandalf42⟧' ssh ann@host`,
    `git clone https://ann:⟦${RANDOM}⟧@git.shop.test/app.git`,
  ],
  "configuration files": [
    `JWT_SECRET=⟦my-super-secret-jwt-key-2024⟧`,
    `COSMOS_KEY=⟦${base64(86)}==⟧`,
    `root:⟦$6$${drawn(16)}$${drawn(86)}⟧:19000:0:99999:7:::`,
    `{"name": "DB_PASSWORD", "value": "⟦Gandalf#42⟧"}`,
    `<key>ApiKey</key>\n<string>⟦${RANDOM}⟧</string>`,
    `requirepass ⟦Gandalf42⟧`,
    `X-Vault-Token: ⟦s.${drawn(24)}⟧`,
    `CREATE LOGIN app WITH PASSWORD = N'⟦Gandalf#42⟧';`,
    `jdbc:oracle:thin:scott/⟦tiger9⟧@//db:1521/ORCL`,
    `mongodb+srv://app:⟦p%40ss%2Fword⟧@c0.abcde.mongodb.net`,
    `Cookie: theme=dark; session=⟦${drawn(40)}⟧`,
    `my password is ⟦Gandalf42⟧, why is it refused?`,
    `the API key is ⟦${RANDOM}⟧`,
    `DB_PASSWORD=⟦Gandalf42⟧\r\nDEBUG=true\r\n`,
    `database:\n  host: db\n  username: app\n  password: ⟦Gandalf#42⟧\n`,
    `database:\n  host: db\n  username: app\n  password: ⟦swordfish⟧\n`,
    `password: "⟦Gandalf#42⟧"`,
    `api_key: ⟦${RANDOM}⟧`,
    `{"user": "app", "password": "⟦Gandalf#42⟧"}`,
    String.raw`{"body": "{\"password\": \"⟦Gandalf#42⟧\"}"}`,
    `[db]\npassword = "⟦Gandalf#42⟧"\n`,
    `[db]\npassword = ⟦Gandalf#42⟧\n`,
    `DB_PASSWORD=⟦p@ss,w0rd;1⟧\nDEBUG=true\n`,
    `spring.datasource.password=⟦swordfish⟧\n`,
    `REDIS_URL=redis://:⟦foobared9⟧@cache:6379/0`,
    `variable "db_password" {\n  type    = string\n  default = "⟦Gandalf#42⟧"\n}`,
    `resource "aws_db_instance" "main" {\n  username = "app"\n  password = "⟦Gandalf#42⟧"\n}`,
    `ENV DB_PASSWORD ⟦Gandalf#42⟧`,
    `ENV DB_PASSWORD=⟦Gandalf#42⟧`,
    `    environment:\n      - POSTGRES_PASSWORD=⟦swordfish⟧\n`,
    `    environment:\n      POSTGRES_PASSWORD: ⟦Gandalf42⟧\n`,
    `        - name: DB_PASSWORD\n          value: "⟦Gandalf#42⟧"\n`,
    `<add key="ApiSecret" value="⟦${RANDOM}⟧" />`,
    `<connection user="app" password="⟦Gandalf#42⟧"/>`,
    `<server><username>app</username><password>⟦Gandalf#42⟧</password></server>`,
    `<property name="hibernate.connection.password">⟦Gandalf#42⟧</property>`,
    `<string name="api_key">⟦${RANDOM}⟧</string>`,
    `machine api.shop.test login ann password ⟦swordfish⟧`,
    `machine api.shop.test\n  login ann\n  password ⟦swordfish⟧\n`,
    `//registry.npmjs.org/:_authToken=⟦${RANDOM}⟧`,
    `{"auths": {"https://index.docker.io/v1/": {"auth": "⟦${Buffer.from(`ann:${drawn(12)}`).toString("base64")}⟧"}}}`,
    `apiVersion: v1\nkind: Secret\nmetadata:\n  name: shop\ndata:\n  one: ⟦c3dvcmRmaXNo⟧\n  two: ⟦R2FuZGFsZiM0Mg==⟧\n`,
    `ann:⟦$apr1$${drawn(8)}$${drawn(22)}⟧`,
    `db.shop.test:5432:shop:app:⟦Gandalf42⟧`,
    `CREATE USER app IDENTIFIED BY '⟦Gandalf#42⟧';`,
    `ALTER ROLE app WITH PASSWORD '⟦swordfish⟧';`,
    `CREATE ROLE app LOGIN PASSWORD '⟦Gandalf#42⟧';`,
    `https://api.shop.test/v1/items?api_key=⟦${RANDOM}⟧&page=2`,
    `Authorization: Basic ⟦${Buffer.from("ann:Gandalf#42").toString("base64")}⟧`,
  ],
};

describe.each(Object.entries(SECRETS))("literals given to telling names: %s", (_, examples) => {
  it.each(examples)("%s", (example) => {
    const { text, secrets } = marked(example);
    expect(found(text)).toEqual(secrets);
  });
});

const HARMLESS: Record<string, readonly string[]> = {
  placeholders: [
    `API_KEY=<your-key>`,
    `password = "changeme"`,
    `token: "xxxxxxxxxxxxxxxx"`,
    `api_key = "your_api_key_here"`,
    `apiKey: "YOUR_API_KEY"`,
    `secret: "example-secret"`,
    "token = `${TOKEN}`",
    `password: $DB_PASSWORD`,
    `password: \${DB_PASSWORD}`,
    `const key = { apiKey: process.env.API_KEY };`,
    `SECRET_KEY = os.environ["SECRET_KEY"]`,
    `password = os.getenv("DB_PASSWORD")`,
    `token: \${{ secrets.GITHUB_TOKEN }}`,
    `password: {{ .Values.db.password }}`,
    `password: "********"`,
    `password=%DB_PASSWORD%`,
    `DB_PASSWORD=`,
    `postgres://user:password@localhost/db`,
    "postgres://${USER}:${PASS}@localhost/db",
    `postgres://<user>:<password>@host/db`,
    `curl -H "Authorization: Bearer $TOKEN" https://x.test`,
    `curl -u "$USER:$PASS" https://x.test`,
    `password: !vault |`,
    `secret: arn:aws:secretsmanager:eu-west-1:123456789012:secret:db`,
    `password = data.aws_ssm_parameter.db.value`,
    `  password = var.db_password`,
    `client_secret: "op://vault/item/field"`,
  ],
  code: [
    `import * as OAuth from "@octokit/oauth-methods";`,
    `"express-jwt-v6": "npm:express-jwt@^6.1.2",`,
    `PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher"]`,
    `private_key: ed25519.Ed25519PrivateKey,`,
    `const HTTP_TOKENS = /^[\\u0009\\u0020-\\u007E]+$/;`,
    `    refresh_token=self.issue_new_refresh_tokens)`,
    `throw new Error("Unknown token " + name + ", line 12, col 3");`,
    `tokens = 2*maxConcurrency + minTokens`,
    `attrs={"autocomplete": "current-password", "autofocus": True}`,
    `fastcgi_pass unix:/run/php/php8.1-fpm.sock;`,
    `"/app/{installation_id}/token": "/app/{installation_id}/suspended",`,
    `UNRESERVED_TOKEN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"`,
    `#define FS_IOC_ADD_ENCRYPTION_KEY 0xc0506617`,
    `const password = req.body.password;`,
    `password: string;`,
    `csrfToken: string`,
    `function login(user: string, password: string): Promise<Token> {`,
    `token = generate_token(user)`,
    `const token = await getToken();`,
    `let apiKey = config.get("api.key");`,
    `const hashedPassword = await bcrypt.hash(password, 10);`,
    `if (token.type === "identifier") return parsePrimary();`,
    `const TOKEN_KEY = "auth_token";`,
    `export const SECRET = "secret";`,
    `static final String PASSWORD_FIELD = "password";`,
    `const tokens = tokenize(source);`,
    `max_tokens: 4096,`,
    `maxTokens=1024`,
    `<input type="password" name="password" id="password" class="form-control" />`,
    `<label for="password">Password</label>`,
    `cy.get("[data-testid='password']").type(user.password);`,
    `page.locator('#password-input')`,
    `passwordSelector: ".login-form__password"`,
    `password: yup.string().min(8).required(),`,
    `password: Joi.string().regex(/^[a-zA-Z0-9]{3,30}$/)`,
    `const PASSWORD_REGEX = /^(?=.*[A-Z])(?=.*\\d).{8,}$/;`,
    `apiKeyHeader = "X-API-Key"`,
    `tokenUrl: "https://auth.shop.test/oauth/token"`,
    `secretName: my-tls-secret`,
    `private readonly tokenService: TokenService,`,
    `password = getpass.getpass("Password: ")`,
    `key: "user-settings"`,
    `kwargs = dict(password=password, token=token)`,
    `raise AuthError("invalid token")`,
    `pass`,
    `{ path: "/reset-password", component: ResetPassword }`,
    `token_type: "bearer"`,
    `grant_type=password&username=`,
    `type Credentials = { username: string; password: string };`,
    `String password = request.getParameter("password");`,
    `password VARCHAR(255) NOT NULL,`,
    `cancellationToken: CancellationToken.None`,
    `keyboard: "qwerty"`,
    `const passwords = ["password", "username", "firstname"];`,
    `nextPageToken: response.next,`,
    `secrets: inherit`,
    `const isAuth = token !== null && token !== undefined;`,
  ],
  "labels and messages": [
    `password: "Password is required",`,
    `"password": "Passwort",`,
    `password: "Contraseña",`,
    `password: "Mot de passe oublié ?",`,
    `"token": "Token ist abgelaufen",`,
    `<string name="password">Password</string>`,
    `# The password must have at least 8 characters`,
    `The --password option is read from stdin.`,
    `placeholder="Enter your password"`,
  ],
  "hashes and other data": [
    `"integrity": "sha512-${base64(86)}=="`,
    `commit ${drawn(40, HEX)}`,
    `sha256:${drawn(64, HEX)}`,
    `id: "2f1c0a52-6d0e-4b57-9b3c-0d5ad2b8b6e1"`,
    `src="data:image/png;base64,${base64(200)}"`,
    `resolved "https://registry.yarnpkg.com/left-pad/-/left-pad-1.3.0.tgz#${drawn(40, HEX)}"`,
    `public_key = "${base64(44)}"`,
    `ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ${base64(300)} ann@host`,
    `password_hash: "${drawn(64, HEX)}"`,
    `color: "#a1b2c3"`,
  ],
};

describe.each(Object.entries(HARMLESS))("is left alone: %s", (_, examples) => {
  it.each(examples)("%s", (text) => {
    expect(found(text)).toEqual([]);
  });
});

describe("secrets drawn by chance", () => {
  const lengths = [20, 24, 32, 40, 64];
  const wrapped: readonly (readonly [string, (value: string) => string])[] = [
    ["a token in code", (value) => `const apiToken = "${value}";`],
    ["a password in code", (value) => `password: '${value}',`],
    ["a .env line", (value) => `API_SECRET=${value}\n`],
    ["YAML", (value) => `name: shop\napi_key: ${value}\n`],
    ["a header", (value) => `Authorization: Bearer ${value}`],
  ];
  it.each(wrapped)("hardly one is taken for words: %s", (_, wrap) => {
    let missed = 0;
    for (let round = 0; round < 400; round++) {
      const value = drawn(lengths[round % lengths.length] ?? 20);
      if (found(wrap(value))[0] !== value) missed += 1;
    }
    expect(missed).toBeLessThanOrEqual(2);
  });
});

describe("redact", () => {
  const one = joined("AKI", "A", drawn(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"));
  const two = joined("AKI", "A", drawn(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"));

  it("puts the kind and a number in the place of each secret, the same number for the same secret", () => {
    const { text, findings } = redact(`a = "${one}"; b = "${two}"; c = "${one}"; password = "Gandalf#42"`);
    expect(text).toBe(
      'a = "[redacted: AWS access key 1]"; b = "[redacted: AWS access key 2]"; c = "[redacted: AWS access key 1]"; password = "[redacted: password 1]"',
    );
    expect(findings).toHaveLength(4);
  });

  it("goes on counting behind the placeholders that stand there already", () => {
    expect(redact(`[redacted: AWS access key 3] and ${one}`).text).toBe(
      "[redacted: AWS access key 3] and [redacted: AWS access key 4]",
    );
  });

  it("redacts known values wherever they occur", () => {
    const { text } = redact("call(blue-canary-77); log('blue-canary-77x')", ["blue-canary-77"]);
    expect(text).toBe("call([redacted: value from .env 1]); log('[redacted: value from .env 1]x')");
  });

  it("looks again at a line that was too long before its key was taken out", () => {
    const key = privateKey("RSA PRIVATE KEY", 200).join(String.raw`\n`);
    const { text, findings } = redact(`{"key": "${key}", "password": "Gandalf#42"}`);
    expect(findings.map(({ kind }) => kind)).toEqual(["private key", "password"]);
    expect(redact(text)).toEqual({ text, findings: [] });
  });

  it("scans lines of data and minified code for vendors' keys only", () => {
    const filler = "a=1;".repeat(5000);
    expect(found(`${filler}password="Gandalf#42";${filler}k="${one}"`)).toEqual([one]);
  });
});

describe("envValues", () => {
  it("gives what is worth hiding and nothing else", () => {
    const dotenv = [
      "# comment",
      "NODE_ENV=development",
      "DEBUG=true",
      "PORT=54321234",
      "HOST=localhost",
      "BASE_URL=https://shop.test/api",
      "DATABASE_URL=postgres://app:gandalf42@db/shop",
      "export API_TOKEN='abc def 123 xyz'",
      `SESSION_SECRET="${RANDOM}" # rotate`,
      `RANDOM_THING=${drawn(24)}`,
      "DB_PASSWORD=Gandalf#42",
      "SHORT_KEY=abc",
      "LOG_FILE=/var/log/shop.log",
      "API_KEY=your-api-key",
      "EMPTY=",
      "MAIL_FROM=ann@shop.test",
      "LOCALE=en_US.UTF-8",
    ].join("\n");
    const values = envValues(dotenv);
    expect(values.slice(0, 3)).toEqual(["postgres://app:gandalf42@db/shop", "abc def 123 xyz", RANDOM]);
    expect(values.slice(4)).toEqual(["Gandalf#42"]);
  });
});

/** Texts that look like what the finder looks for, in pieces. */
const pieces = fc.constantFrom(
  ..."password,secret,token,api_key,=,:, ,\n,\",',`,\\,\\n,-----BEGIN RSA PRIVATE KEY-----,-----END RSA PRIVATE KEY-----,-----BEGIN,://,@,user:,Bearer ,Basic ,eyJ,.,-,sk-,AKIA,[redacted: password 1],]".split(
    ",",
  ),
  ",",
  "kind: Secret\ndata:\n  a: ",
  joined("sk-", drawn(48)),
  base64(64),
  "Gandalf#42",
  "<password>",
  "ü😀",
);
const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.array(fc.oneof(pieces, fc.string({ maxLength: 12 })), { maxLength: 40 }).map((parts) => parts.join("")),
);

describe("for any text", () => {
  it("offsets are in range, in order and apart; what is outside of them is kept", () => {
    fc.assert(
      fc.property(texts, fc.array(fc.string({ maxLength: 10 }), { maxLength: 3 }), (text, known) => {
        const { text: shown, findings } = redact(text, known);
        let at = 0;
        let rest = shown;
        for (const { start, end } of findings) {
          expect(start).toBeGreaterThanOrEqual(at);
          expect(end).toBeGreaterThan(start);
          const kept = text.slice(at, start);
          expect(rest.startsWith(`${kept}[redacted: `)).toBe(true);
          rest = rest.slice(rest.indexOf("]", kept.length) + 1);
          at = end;
        }
        expect(at).toBeLessThanOrEqual(text.length);
        expect(rest).toBe(text.slice(at));
      }),
      { numRuns: 2000 },
    );
  });

  it("redacting twice changes nothing more", () => {
    fc.assert(
      fc.property(texts, fc.array(fc.string({ maxLength: 10 }), { maxLength: 3 }), (text, known) => {
        const { text: once } = redact(text, known);
        expect(redact(once, known)).toEqual({ text: once, findings: [] });
      }),
      { numRuns: 2000 },
    );
  });

  it("envValues never throws", () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(envValues(text)).toBeInstanceOf(Array);
      }),
    );
  });
});

/** A pattern that reads its input again from each place takes hours for these, and the test runs out of time. */
describe("a megabyte of what is read again and again by careless patterns", () => {
  const units = [
    "a",
    " ",
    "=",
    '"',
    "'",
    "\\",
    "\n",
    "-----BEGIN",
    "-----BEGIN RSA PRIVATE KEY-----",
    "eyJ",
    "eyJ-",
    "sk-",
    "A.",
    "a:",
    "://",
    "://a:",
    "a@",
    "password",
    "password=",
    'password="',
    "password: ",
    "password {",
    "Bearer ",
    "-u ",
    "mysql ",
    "login ",
    "machine ",
    "${",
    "key\n",
    "1/",
    "<a ",
    "kind: Secret\n",
    "kind: Secret\ndata:\n",
    "0",
    "f",
    "_",
    ".",
    "password\n",
    "password ",
    "M",
    "xoxb-",
    "\\n",
    "[redacted: a 1]",
    "authorization: ",
    "identified with a ",
    "token(",
  ];
  it.each(units)("%j", (unit) => {
    const text = unit.repeat(Math.ceil(1_000_000 / unit.length));
    expect(findSecrets(text)).toBeInstanceOf(Array);
    const lines = `${unit.repeat(Math.floor(9900 / unit.length))}\n`.repeat(20);
    expect(findSecrets(lines)).toBeInstanceOf(Array);
    expect(envValues(text)).toBeInstanceOf(Array);
  });
});

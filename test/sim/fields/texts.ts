/**
 * Samples of every text that has a form, by its pattern: regular expressions are not sampled, they are looked up here.
 * Guarantees: what is called legal matches the pattern, what is called wrong does not (asserted for each in the test); a pattern that is not
 * listed has no samples, and the test of coverage says so.
 */
export interface TextForm {
  /** The n-th of many different legal texts, from 0. */
  numbered(n: number): string;
  /** A legal text of exactly `max` characters, where the form allows one. */
  longest?(max: number): string;
  /** Further legal texts at the edges of the form. */
  readonly edges?: readonly string[];
  readonly wrong: readonly string[];
}

const filled = (start: string, fill: string, max: number): string => start.padEnd(max, fill);
const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, "0");

export const DOMAIN_TAIL = "DC=corp,DC=example,DC=com";
const SECRET = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:";
const ROLE = "arn:aws:iam::111122223333:role/";
const PROFILE = "arn:aws:iam::111122223333:instance-profile/";

const OBJECT_NAME: TextForm = {
  numbered: (n) => `name-${n}`,
  longest: (max) => filled("n", "a", max),
  edges: ["0", "a.b-c"],
  wrong: ["Upper", "-name", "name-", "two words", "name_1"],
};

/** What a host would take for the end of a text or of a line, or what a reader cannot see, is refused before an object is stored. */
const DISTINGUISHED_NAMES = {
  numbered: (n: number) => `OU=Unit${n},${DOMAIN_TAIL}`,
  longest: () => `${filled("OU=", "u", 1_003 - DOMAIN_TAIL.length - 1)},${DOMAIN_TAIL}`,
  edges: [`CN=Zürich (東京),${DOMAIN_TAIL}`, `OU=Ventes «nord»,${DOMAIN_TAIL}`],
  wrong: [
    "corp.example.com/Servers",
    `O=Org,${DOMAIN_TAIL}`,
    `OU=a"b,${DOMAIN_TAIL}`,
    `OU=$(x),${DOMAIN_TAIL}`,
    "OU=",
    `OU=a\n,${DOMAIN_TAIL}`,
    `OU=a\u0000b,${DOMAIN_TAIL}`,
    `OU=a\u007fb,${DOMAIN_TAIL}`,
    ...["\u2018", "\u2019", "\u201a", "\u201c", "\u201d", "\u201e", "\u201f"].map(
      (quote) => `OU=a${quote}b,${DOMAIN_TAIL}`,
    ),
    ...["\u2028", "\u2029", "\u202e", "\u2066"].map((sign) => `OU=a${sign}b,${DOMAIN_TAIL}`),
  ],
} as const;

const FORMS: Readonly<Record<string, TextForm>> = {
  "^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$": {
    numbered: (n) => `d${n}.example.com`,
    longest: (max) => `${"a".repeat(max - 4 - 63 * 3 - 3)}.${`${"b".repeat(63)}.`.repeat(3)}com`.slice(-max),
    edges: ["a.bc"],
    wrong: ["example", "Example.com", "a..com", "example.com.", "ex_ample.com"],
  },
  "^[A-Za-z0-9-]+$": {
    numbered: (n) => `NB${n}`,
    longest: (max) => filled("N", "B", max),
    wrong: ["A.B", "A B", "A_B"],
  },
  "^d-[0-9a-f]{10}$": { numbered: (n) => `d-${hex(n, 10)}`, wrong: ["d-12345", "x-0123456789", "d-01234567gg"] },
  "^[a-z]{2}(-[a-z]+)+-[0-9]$": {
    numbered: (n) => `eu-west-${n % 10}`,
    longest: (max) => `${filled("us-", "g", max - 2)}-1`,
    edges: ["us-gov-west-1"],
    wrong: ["Tokyo", "ap-northeast", "ap_northeast_1", "ap-northeast-1a"],
  },
  "^[0-9]{1,3}(\\.[0-9]{1,3}){3}$": {
    numbered: (n) => `10.9.0.${n}`,
    longest: () => "255.255.255.255",
    edges: ["0.0.0.0"],
    wrong: ["10.0.0", "10.0.0.0/8", "::1", "a.b.c.d"],
  },
  "^[A-Za-z0-9]([A-Za-z0-9.-]{0,253}[A-Za-z0-9])?$": {
    numbered: (n) => `dc${n}.corp.example.com`,
    longest: (max) => filled("d", "c", max),
    edges: ["A", "DC1"],
    wrong: ["-dc1", "dc1.", "dc_1", "dc 1"],
  },
  "^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$": {
    numbered: (n) => `${n + 1}m`,
    wrong: ["10", "-10m", "10 m", "10d", "1us", "ten minutes", "1.m"],
  },
  "^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9\\/_+=.@-]+$": {
    numbered: (n) => `${SECRET}cloudsync/absent-${n}-AbCdEf`,
    longest: (max) => filled(SECRET, "s", max),
    edges: ["arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:a"],
    wrong: ["cloudsync/join", `${ROLE}fleet`, `${SECRET}a b`, "arn:aws:secretsmanager:eu-west-1:1111:secret:a"],
  },
  "^(OU|CN|DC)=[^\"'`$;|&<>\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}‘-‟]{1,1000}$": DISTINGUISHED_NAMES,
  "^(OU|CN)=[^\"'`$;|&<>\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}‘-‟]{1,1000}$": {
    ...DISTINGUISHED_NAMES,
    wrong: [...DISTINGUISHED_NAMES.wrong, DOMAIN_TAIL],
  },
  "^[A-Z][A-Z0-9-]*$": {
    numbered: (n) => `H${n}`,
    longest: (max) => filled("H", "X", max),
    edges: ["Z", "A-1"],
    wrong: ["abc", "1A", "A_B", "-A"],
  },
  "^[0-9]{12}$": {
    numbered: (n) => String(n).padStart(12, "0"),
    wrong: ["12345678901", "1234567890123", "12345678901a"],
  },
  "^([A-Za-z0-9+=,.@_-]{1,128}|arn:aws[a-z-]*:iam::[0-9]{12}:instance-profile\\/[A-Za-z0-9+=,.@_\\/-]{1,512})$": {
    numbered: (n) => `absent-profile-${n}`,
    longest: () => filled(PROFILE, "p", PROFILE.length + 512),
    edges: ["p".repeat(128), `${PROFILE}team/cloudsync-agent`],
    wrong: ["two words", "a/b", `${ROLE}x`, "p".repeat(129)],
  },
  "^([0-9]{12}|[a-z-]+)$": {
    numbered: (n) => String(n).padStart(12, "0"),
    longest: (max) => "a".repeat(max),
    edges: ["aws-marketplace"],
    wrong: ["Amazon", "123", "a b"],
  },
  "^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$": OBJECT_NAME,
  "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$": { ...OBJECT_NAME, edges: ["0", "a-b"], wrong: ["Upper", "-name", "a.b", "a_b"] },
  "^arn:aws[a-z-]*:iam::[0-9]{12}:role\\/[A-Za-z0-9+=,.@_\\/-]{1,512}$": {
    numbered: (n) => `${ROLE}absent-${n}`,
    longest: () => filled(ROLE, "r", ROLE.length + 512),
    edges: ["arn:aws-us-gov:iam::111122223333:role/path/fleet"],
    wrong: ["fleet", `${PROFILE}x`, "arn:aws:iam::1111:role/fleet", `${ROLE}a b`],
  },
  "^subnet-[0-9a-z]{1,17}$": {
    numbered: (n) => `subnet-9${hex(n, 4)}`,
    longest: () => filled("subnet-", "a", 24),
    wrong: ["subnet-", "sg-0a", "subnet-0A", "subnet-0_a"],
  },
  "^sg-[0-9a-z]{1,17}$": {
    numbered: (n) => `sg-9${hex(n, 4)}`,
    longest: () => filled("sg-", "a", 20),
    wrong: ["sg-", "subnet-0a", "sg-0A"],
  },
  "^[a-z0-9-]+\\.[a-z0-9-]+$": {
    numbered: (n) => `x${n}.large`,
    longest: (max) => filled("x", "x", max - 6) + ".large",
    edges: ["u-3tb1.56xlarge"],
    wrong: ["large", "M6i.large", "m6i.large.x", "m6i large"],
  },
  "^\\/[A-Za-z0-9_.\\/-]+$": {
    numbered: (n) => `/absent/image-${n}`,
    longest: (max) => filled("/", "p", max),
    wrong: ["image", "/", "/a b", "/a:1"],
  },
  "^ami-[0-9a-z]{1,17}$": {
    numbered: (n) => `ami-9${hex(n, 4)}`,
    longest: () => filled("ami-", "a", 21),
    wrong: ["ami-", "ami-0A", "image", "ami-0_1"],
  },
  "^[A-Za-z0-9:\\/_-]+$": {
    numbered: (n) => `alias/key-${n}`,
    longest: (max) => filled("k", "y", max),
    edges: ["arn:aws:kms:ap-northeast-1:111122223333:key/0f2c7a1e-3d0b-4a53-9d8e-0b6a4c9e1f11"],
    wrong: ["a b", "key!", "a.b"],
  },
  "^[0-9]+(\\.[0-9]+){2,3}$": {
    numbered: (n) => `1.0.${n}`,
    longest: (max) => filled("1.1.", "0", max),
    edges: ["0.0.0", "1.1.2505.0"],
    wrong: ["1.1", "v1.1.1", "1.1.1.1.1", "1..1"],
  },
  "^https?:\\/\\/[A-Za-z0-9.-]+(:[0-9]{1,5})?\\/?$": {
    numbered: (n) => `http://proxy-${n}.corp.example.com:3128`,
    longest: (max) => filled("https://", "p", max),
    edges: ["http://p/", "https://10.0.0.1:99999"],
    wrong: ["proxy:3128", "http://user:pw@proxy", "ftp://proxy", "http://proxy/path", "http://"],
  },
  "^(@(hourly|daily|weekly|monthly)|\\S+ +\\S+ +\\S+ +\\S+ +\\S+)$": {
    numbered: (n) => `${n % 60} 1 * * 6`,
    longest: (max) => `${filled("0", ",0", max - " 1 * * 6".length)} 1 * * 6`,
    edges: ["@daily", "*/5  0-6  1,15  *  MON-FRI"],
    wrong: ["daily", "@yearly", "0 1 * *", "0 1 * * 6 7 8"],
  },
  "^[A-Za-z0-9_+\\/-]+$": {
    numbered: (n) => `Etc/GMT+${n % 12}`,
    longest: (max) => filled("Z", "z", max),
    edges: ["Asia/Tokyo", "UTC"],
    wrong: ["Asia Tokyo", "GMT:9", "Zürich"],
  },
  "^i-[0-9a-f]{8,17}$": {
    numbered: (n) => `i-9${hex(n, 7)}`,
    longest: () => filled("i-", "a", 19),
    wrong: ["i-123", "0123456789abcdef0", "i-0123456G"],
  },
  "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$": {
    numbered: (n) => `00000000-0000-4000-8000-${hex(n, 12)}`,
    wrong: ["contoso", "0F2C7A1E-3D0B-4A53-9D8E-0B6A4C9E1F11", "0f2c7a1e3d0b4a539d8e0b6a4c9e1f11"],
  },
};

/** Texts without a pattern, by the end of their path. */
const FREE: readonly (readonly [end: string, form: TextForm])[] = [
  [
    "gmsa.name",
    {
      numbered: (n) => `gmsa${n}$`,
      edges: ["a$", `${"g".repeat(15)}$`],
      wrong: ["gmsaCloudSync", `${"g".repeat(16)}$`, "gmsa Cloud$", "$"],
    },
  ],
  [
    "matchExpressions[].key",
    { numbered: (n) => `example.com/key-${n}`, longest: (max) => filled("k", "k", max), wrong: [] },
  ],
  [
    "matchExpressions[].values[]",
    { numbered: (n) => `value-${n}`, longest: (max) => filled("v", "v", max), edges: [""], wrong: [] },
  ],
  ["matchLabels{}", { numbered: (n) => `value-${n}`, longest: (max) => filled("v", "v", max), edges: [""], wrong: [] }],
  ["tags{}", { numbered: (n) => `value ${n}`, longest: (max) => filled("v", "é", max), edges: [""], wrong: [] }],
];

export function textFormOf(path: string, pattern: string | undefined): TextForm | undefined {
  if (pattern !== undefined) return FORMS[pattern];
  return FREE.find(([end]) => path.endsWith(end))?.[1];
}

/** Keys of maps: tags and labels. */
export const mapKey = (n: number): string => `example.com/key-${n}`;

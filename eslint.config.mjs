import tseslint from "typescript-eslint";

/** Import directions of docs/architecture.md: a folder may import only what its row does not forbid. */
function forbid(files, folders, packages, why) {
  const patterns = [];
  if (folders.length > 0) {
    patterns.push({
      regex: `^(\\.\\./)+(src/)?(${folders.join("|")})/(?!.*port\\.ts$|conditions\\.ts$|finalizers\\.ts$|contracts\\.ts$|documents\\.ts$|commands\\.ts$|outcome\\.ts$)`,
      message: why,
    });
  }
  if (packages.length > 0) patterns.push({ regex: `^(${packages.join("|")})`, message: why });
  return { files, ignores: ["**/*.test.ts"], rules: { "no-restricted-imports": ["error", { patterns }] } };
}

const SDKS = ["@aws-sdk/", "@smithy/", "@kubernetes/", "@microsoft/", "@azure/", "undici"];

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", ".run/", "**/*.mjs", "**/*.cjs", "**/*.generated.ts"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "no-console": "error",
      "max-lines": ["error", { max: 400 }],
    },
  },
  {
    files: ["src/**/*.ts"],
    ignores: ["src/runtime/**", "**/*.test.ts"],
    rules: {
      "no-restricted-globals": [
        "error",
        { name: "setTimeout", message: "Wait on the injected clock (runtime/clock.ts)." },
        { name: "setInterval", message: "Wait on the injected clock (runtime/clock.ts)." },
      ],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "Read the injected clock (runtime/clock.ts)." },
        { object: "Math", property: "random", message: "Use the injected dice (runtime/clock.ts)." },
        { object: "AbortSignal", property: "timeout", message: "Use deadlineSignal of runtime/clock.ts." },
      ],
    },
  },
  forbid(
    ["src/runtime/**/*.ts"],
    ["api", "aws", "kube", "host", "entra", "fleet", "sync", "controllers", "cli", "sim"],
    SDKS,
    "runtime imports nothing of src.",
  ),
  forbid(
    ["src/api/**/*.ts"],
    ["aws", "kube", "host", "entra", "fleet", "sync", "controllers", "cli", "sim"],
    SDKS,
    "api imports only runtime.",
  ),
  forbid(
    ["src/fleet/**/*.ts", "src/sync/**/*.ts"],
    ["aws", "kube", "host", "entra", "controllers", "cli", "sim"],
    [...SDKS, "node:"],
    "Decisions are pure: no adapters, ports, clocks or node modules.",
  ),
  forbid(
    ["src/controllers/**/*.ts"],
    ["aws", "kube", "host", "entra", "cli", "sim"],
    SDKS,
    "Controllers see ports (port.ts files), never adapters or SDKs.",
  ),
  forbid(
    ["src/kube/**/*.ts"],
    ["aws", "host", "entra", "fleet", "sync", "controllers", "cli", "api", "sim"],
    ["@aws-sdk/", "@smithy/"],
    "kube knows nothing about agents.",
  ),
  forbid(
    ["src/aws/**/*.ts"],
    ["kube", "host", "entra", "fleet", "sync", "controllers", "cli", "sim"],
    ["@kubernetes/"],
    "Adapters see their own ports, api and runtime.",
  ),
  forbid(
    ["src/entra/**/*.ts"],
    ["kube", "host", "aws", "fleet", "sync", "controllers", "process", "cli", "sim"],
    ["@kubernetes/", "@aws-sdk/", "@smithy/"],
    "Adapters see their own ports and runtime.",
  ),
  {
    // One file holds the vendor's packages, and is loaded when they are first needed; elsewhere their types alone (src/entra/sdks.ts).
    files: ["src/**/*.ts"],
    ignores: ["**/*.test.ts", "src/entra/vendor-sdks.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: "^(@azure/|@microsoft/)",
              allowTypeImports: true,
              message: "Loaded lazily, through src/entra/sdks.ts alone.",
            },
          ],
        },
      ],
    },
  },
  forbid(
    ["src/host/**/*.ts"],
    ["kube", "aws", "entra", "fleet", "sync", "controllers", "cli", "sim"],
    ["@kubernetes/", "@aws-sdk/"],
    "Host steps reach the hosts through ports.",
  ),
  forbid(
    ["sim/**/*.ts"],
    ["src/api", "src/aws", "src/kube", "src/host", "src/fleet", "src/controllers"],
    ["@aws-sdk/", "@kubernetes/"],
    "The world never imports the operator.",
  ),
  {
    files: ["**/*.test.ts", "test/**/*.ts", "sim/test/**/*.ts"],
    rules: { "no-restricted-imports": "off", "@typescript-eslint/no-non-null-assertion": "off" },
  },
);

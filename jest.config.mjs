/** Unit tests beside the code, the simulation's included; its campaigns; integration tests that share one real control plane. */
const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": "<rootDir>/test/support/strip-types.mjs" },
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/.run/"],
};

export default {
  projects: [
    { ...shared, displayName: "unit", testMatch: ["<rootDir>/{src,sim,tools,test/sim,test/host}/**/*.test.ts"] },
    { ...shared, displayName: "simulation", testMatch: ["<rootDir>/test/campaigns/*.test.ts"] },
    {
      ...shared,
      displayName: "integration",
      testMatch: ["<rootDir>/test/integration/**/*.test.ts"],
      globalSetup: "<rootDir>/test/support/global-setup.ts",
      globalTeardown: "<rootDir>/test/support/global-teardown.ts",
    },
  ],
};

import type { NextConfig } from "next";

const config: NextConfig = {
  // Native packages are loaded by Node, never bundled.
  serverExternalPackages: [
    "libsql",
    "mediabunny",
    "@mediabunny/server",
    "node-av",
    "sharp",
    "pino",
    "file-type",
    "bmp-ts",
  ],
  outputFileTracingExcludes: { "*": ["./data/**", "./tests/**"] },
  poweredByHeader: false,
  agentRules: false,
  devIndicators: false,
};

export default config;

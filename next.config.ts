import type { NextConfig } from "next";

const config: NextConfig = {
  // Native packages are loaded by Node, never bundled.
  serverExternalPackages: [
    "libsql",
    "pg",
    "@aws-sdk/client-s3",
    "@aws-sdk/lib-storage",
    "mediabunny",
    "@mediabunny/server",
    "node-av",
    "sharp",
    "pino",
    "prom-client",
    "file-type",
  ],
  // pages/api would load it with plain Node, where it throws; bundled, it holds in both routers.
  transpilePackages: ["server-only"],
  // Not whatever folder above has a lockfile.
  turbopack: { root: import.meta.dirname },
  // `npm test` checks the types; an install without devDependencies could not, since tests count too.
  typescript: { ignoreBuildErrors: true },
  outputFileTracingExcludes: { "*": ["./data/**", "./tests/**"] },
  // The optimiser is open to anybody and keeps what it made: a shared poster would outlive its link there.
  images: { unoptimized: true },
  poweredByHeader: false,
  agentRules: false,
  devIndicators: false,
};

export default config;

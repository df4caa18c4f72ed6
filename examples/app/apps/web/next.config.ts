import type { NextConfig } from "next";

const config: NextConfig = {
  output: "export",
  distDir: "dist",
  transpilePackages: ["@intent/shared"],
};

export default config;

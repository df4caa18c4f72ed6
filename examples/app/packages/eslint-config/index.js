import js from "@eslint/js";
import typescript from "typescript-eslint";

export default typescript.config(
  { ignores: ["dist/**", ".next/**", ".wrangler/**", "next-env.d.ts"] },
  js.configs.recommended,
  ...typescript.configs.recommended,
);

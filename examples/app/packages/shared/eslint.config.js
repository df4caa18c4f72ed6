export { default } from "@intent/eslint-config";

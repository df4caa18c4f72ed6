// Writes apps/web/dist: the page with the API's address, which Cloudflare Pages gives as NEXT_PUBLIC_API_URL.
import { mkdir, readFile, writeFile } from "node:fs/promises";

const page = await readFile(new URL("index.html", import.meta.url), "utf8");
const output = new URL("dist/", import.meta.url);
await mkdir(output, { recursive: true });
await writeFile(new URL("index.html", output), page.replace("%NEXT_PUBLIC_API_URL%", process.env.NEXT_PUBLIC_API_URL ?? ""));

// Draws Graphviz DOT from standard input as SVG on standard output. Graphviz itself is in the package, as WebAssembly.
import { readFileSync } from "node:fs";
import { instance } from "@viz-js/viz";

const viz = await instance();
process.stdout.write(viz.renderString(readFileSync(0, "utf8"), { format: "svg", engine: "dot" }));

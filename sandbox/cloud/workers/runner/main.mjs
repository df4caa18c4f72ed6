// Runs Workers in workerd. Each line on standard input is a command as JSON, each line on standard output its answer:
//   {do: "start", id, worker, options}               run one version beside the others → {milliseconds} or {error}
//   {do: "route", worker, hostname, port, targets, keep}
//       send the worker's requests to versions [{id, percentage}], end its versions that are not in keep → {port}
//   {do: "remove", worker}                           end all of it → {}
// Secrets come this way, and so are in no argument, environment or file. The end of standard input ends everything.
import { createServer, request } from "node:http";
import { createInterface } from "node:readline";
import { Miniflare, NoOpLog } from "miniflare";

const DRAIN_LIMIT_MILLISECONDS = 30_000;
// What a Worker has given to waitUntil may still run after its last answer.
const AFTER_LAST_ANSWER_MILLISECONDS = 1_000;

// A Worker's own requests pass through this one. Those for the host names of Neon's endpoints go to the local cloud, which
// answers them in plain HTTP; `connect_pass_through` leaves TCP connections as they are.
const OUTBOUND = {
  name: "outbound",
  modules: true,
  compatibilityDate: "2025-09-27",
  compatibilityFlags: ["connect_pass_through", "experimental"],
  bindings: { NEON_PORT: process.argv[2] },
  script: `export default {
    fetch(request, env) {
      const url = new URL(request.url);
      if (!/\\.localhost$/i.test(url.hostname)) return fetch(request);
      const headers = new Headers(request.headers);
      headers.set("x-neon-host", url.hostname);
      const local = new Request("http://127.0.0.1:" + env.NEON_PORT + url.pathname + url.search, request);
      return fetch(new Request(local, { headers }));
    }
  }`,
};

const versions = new Map(); // id → {worker, miniflare, port, open: requests without an answer}
const runtimes = new Set(); // every miniflare that is not disposed of yet, those of ending versions too
const fronts = new Map(); // worker → {server, hostname, targets}

async function start({ id, worker, options }) {
  const complaints = [];
  const begun = performance.now();
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    cf: false,
    log: new NoOpLog(),
    telemetry: { enabled: false },
    handleRuntimeStdio(stdout, stderr) {
      stdout.pipe(process.stderr, { end: false });
      stderr.pipe(process.stderr, { end: false });
      stderr.on("data", (chunk) => complaints.length < 20 && complaints.push(chunk.toString()));
    },
    workers: [{ name: worker, ...options, modules: options.modules.map(decoded), outboundService: OUTBOUND.name }, OUTBOUND],
  });
  runtimes.add(miniflare);
  try {
    const url = await miniflare.ready;
    versions.set(id, { worker, miniflare, port: url.port, open: 0 });
  } catch (error) {
    await dispose(miniflare);
    throw new Error(complaints.join("").trim() || error.message);
  }
  return { milliseconds: Math.round(performance.now() - begun) };
}

function decoded(module) {
  return { ...module, contents: Buffer.from(module.contents, "base64") };
}

async function route({ worker, hostname, port, targets, keep }) {
  let front = fronts.get(worker);
  if (!front) {
    front = { hostname, targets };
    front.server = createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => forward(front, incoming, outgoing));
    await listen(front.server, port);
    fronts.set(worker, front);
  }
  Object.assign(front, { hostname, targets });
  for (const [id, version] of versions) {
    if (version.worker === worker && !keep.includes(id)) void end(id, version);
  }
  return { port: front.server.address().port };
}

async function remove({ worker }) {
  const front = fronts.get(worker);
  fronts.delete(worker);
  front?.server.close();
  front?.server.closeAllConnections();
  const own = [...versions].filter(([, version]) => version.worker === worker);
  await Promise.all(own.map(([id, version]) => end(id, version)));
  return {};
}

/** Listen on the wanted port, or on a free one where another program has it. */
function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      if (error.code !== "EADDRINUSE" || port === 0) reject(error);
      else listen(server, 0).then(resolve, reject);
    });
    server.listen(port, "127.0.0.1", resolve);
  });
}

/** Stop a version once its open requests have their answers. */
async function end(id, version) {
  versions.delete(id);
  const limit = performance.now() + DRAIN_LIMIT_MILLISECONDS;
  while (version.open > 0 && performance.now() < limit) await sleep(50);
  await sleep(AFTER_LAST_ANSWER_MILLISECONDS);
  await dispose(version.miniflare);
}

async function dispose(miniflare) {
  await miniflare.dispose().catch(() => undefined);
  runtimes.delete(miniflare);
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function forward(front, incoming, outgoing) {
  const version = versions.get(choose(front, incoming.headers));
  if (!version) {
    outgoing.writeHead(404, { "content-type": "text/plain" }).end("There is nothing here yet\n");
    return;
  }
  const headers = { ...incoming.headers, host: front.hostname, "cf-connecting-ip": incoming.socket.remoteAddress };
  delete headers.expect;
  version.open += 1;
  outgoing.once("close", () => (version.open -= 1));
  // A connection for each request: one kept alive may be closed by workerd just as it is used again, and a request lost.
  const target = { host: "127.0.0.1", port: version.port, agent: false, method: incoming.method, path: incoming.url, headers };
  const onward = request(target, (answer) => {
    const { connection: _, "keep-alive": __, ...passed } = answer.headers;
    outgoing.writeHead(answer.statusCode, passed);
    answer.pipe(outgoing);
    answer.once("error", () => outgoing.destroy());
  });
  onward.once("error", () => {
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(502, { "content-type": "text/plain" }).end("The Worker's runtime does not answer\n");
  });
  incoming.pipe(onward);
  outgoing.once("close", () => onward.destroy());
}

/** The id of the version that answers: the one a preview address or an override names, else one by its percentage. */
function choose(front, headers) {
  const worker = front.hostname.split(".")[0];
  const preview = headers.host?.match(/^([0-9a-f]{8})-/)?.[1];
  if (preview && headers.host === `${preview}-${front.hostname}`) {
    return [...versions].find(([id, version]) => version.worker === worker && id.startsWith(preview))?.[0];
  }
  const override = headers["cloudflare-workers-version-overrides"]?.match(/^([^=]+)="([^"]+)"$/);
  if (override?.[1] === worker && front.targets.some(({ id }) => id === override[2])) return override[2];
  let rest = Math.random() * 100;
  return (front.targets.find(({ percentage }) => (rest -= percentage) < 0) ?? front.targets[0])?.id;
}

const commands = { start, route, remove };

async function leave() {
  await Promise.allSettled([...runtimes].map(dispose));
  process.exit(0);
}

for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, leave);
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  const answer = await commands[command.do](command).catch((error) => ({ error: error.message }));
  process.stdout.write(JSON.stringify(answer) + "\n");
}
await leave();

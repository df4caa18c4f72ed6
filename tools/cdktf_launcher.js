#!/usr/bin/env node
// `make setup` installs this as node_modules/.bin/cdktf, so that `npx cdktf` starts at once in a shell that sets nothing.
// Without these two, cdktf-cli runs `npm view cdktf-cli version` before every command (78 s of silence where npm can't
// reach its registry) and asks HashiCorp for updates. It reads both from the environment only, and before cdktf.json.
process.env.DISABLE_VERSION_CHECK ??= "1";
process.env.CHECKPOINT_DISABLE ??= "1";
require("../cdktf-cli/bundle/bin/cdktf.js");

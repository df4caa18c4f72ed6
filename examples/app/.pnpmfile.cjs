// better-auth names the web frameworks that it has integrations for as optional peers, and pnpm resolves those that the
// workspace has. Without this, an install of the API alone would bring Next.js.
module.exports = {
  hooks: {
    readPackage(manifest) {
      if (manifest.name === "better-auth") {
        for (const name of ["next", "react", "react-dom"]) delete manifest.peerDependencies?.[name];
      }
      return manifest;
    },
  },
};

// Built by scripts/build.mjs.

// Built by scripts/build.mjs from src/locale.ts.

// Built by scripts/build.mjs from src/lazy/locale.ts.

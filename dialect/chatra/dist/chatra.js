// Built by scripts/build.mjs from src/main.ts.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    environment: 'happy-dom',
    include: ['{client,widget,dialect,console}/**/*.test.{ts,tsx}', 'scripts/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    restoreMocks: true,
    unstubGlobals: true,
  },
});

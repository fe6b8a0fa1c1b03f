import { defineConfig } from 'vitest/config';

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    environment: 'happy-dom',
    include: [
      'client/**/*.test.ts',
      'widget/src/**/*.test.{ts,tsx}',
      'console/src/**/*.test.{ts,tsx}',
      'dialect/*/src/**/*.test.ts',
    ],
    restoreMocks: true,
    unstubGlobals: true,
  },
});

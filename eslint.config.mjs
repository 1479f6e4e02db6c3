// Biome does formatting, imports and most of the linting. What is here needs types, or is about this project.
import tseslint from 'typescript-eslint';

const restrictedSyntax = [
  {
    selector: "CallExpression[callee.property.name='pipe']",
    message:
      'pipe() forwards no errors: a broken layer would end the process. Iterate, or use stream/promises pipeline().',
  },
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'src/examine/prefilter/kernel.as.ts', 'bin/', '*.mjs'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'no-restricted-syntax': ['error', ...restrictedSyntax],
    },
  },
  {
    // The engine is told what it needs: it reads no environment, prints nothing, ends nothing.
    files: ['src/**/*.ts'],
    ignores: ['src/cli/**', 'src/audit/open-images.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'exit', message: 'Only src/cli ends the process.' },
        { object: 'process', property: 'env', message: 'Take the environment as an argument.' },
        { object: 'process', property: 'stdout', message: 'Only src/cli prints.' },
        { object: 'process', property: 'stderr', message: 'Only src/cli prints.' },
      ],
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'The network is in src/registry, on node-fetch.' },
        { name: 'console', message: 'Only src/cli prints.' },
      ],
    },
  },
);

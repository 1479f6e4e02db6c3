// The architecture as rules: rooms import down this list, never up, and only through each other's index.ts.
// test/architecture/imports.test.ts proves that these rules really read the modules.

/** Rooms from the bottom up. Rooms in one line do not see each other. */
const RANKS = [
  ['core'],
  ['oci', 'bytes'],
  ['tar', 'registry', 'daemon'],
  ['source'],
  ['image', 'examine', 'trust'],
  ['filesystem'],
  ['system', 'stages', 'policy'],
  ['sbom'],
  ['rules'],
  ['report'],
  ['audit'],
  ['cli'],
];

const downwardOnly = RANKS.flatMap((rooms, rank) => {
  const above = RANKS.slice(rank + 1).flat();
  return rooms.flatMap((room) => {
    const forbidden = [...above, ...rooms.filter((sibling) => sibling !== room)];
    if (forbidden.length === 0) return [];
    return [
      {
        name: `downward-only-${room}`,
        comment: `src/${room} may import rooms below it only. Move the code down, or hand over what it needs.`,
        severity: 'error',
        from: { path: `^src/${room}/` },
        to: { path: `^src/(?:${forbidden.join('|')})/` },
      },
    ];
  });
});

const throughTheDoor = RANKS.flat().map((room) => ({
  name: `through-the-door-${room}`,
  comment: `Import src/${room}/index.ts; export there what others may use.`,
  severity: 'error',
  from: { pathNot: `^src/${room}/` },
  to: { path: `^src/${room}/(?!index\\.ts$)` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...downwardOnly,
    ...throughTheDoor,
    {
      name: 'report-reads-types-only',
      comment:
        'Reporters are functions of the document: they take types from the rooms below, and values from core only.',
      severity: 'error',
      from: { path: '^src/report/' },
      to: { path: '^src/(?!core/|report/)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'rules-see-evidence-only',
      comment: 'Rules are pure functions of evidence: no streams, no network, no disk.',
      severity: 'error',
      from: { path: '^src/rules/' },
      to: { path: '^(?:node:)?(?:fs|net|http|https|child_process|stream|worker_threads)', dependencyTypes: ['core'] },
    },
    {
      name: 'commands-are-leaves',
      comment: 'A command maps flags to one use-case. It sees core, report, audit and cli, and no other command.',
      severity: 'error',
      from: { path: '^commands/' },
      to: { path: '^(?:commands/|src/(?!core/|report/|audit/|cli/))' },
    },
    {
      name: 'engine-does-not-know-the-cli',
      comment: 'oclif belongs to commands/ and src/cli.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: 'node_modules/@oclif/' },
    },
    {
      name: 'network-in-one-place',
      comment: 'Only src/registry speaks to the network, so that one place decides where credentials go.',
      severity: 'error',
      from: { path: '^(?:src|commands)/', pathNot: '^src/(?:registry|daemon)/' },
      to: { path: '^(?:node:)?(?:net|http|https|http2|tls|dgram|dns)$|node_modules/node-fetch/' },
    },
    {
      name: 'daemons-over-plain-http',
      comment:
        'src/daemon speaks to daemons that the user configured, over node:http alone: no redirects, no credentials.',
      severity: 'error',
      from: { path: '^src/daemon/' },
      to: { path: '^(?:node:)?(?:net|http2|tls|dgram|dns)$|node_modules/node-fetch/' },
    },
    {
      name: 'tar-stream-behind-the-guard',
      comment: 'tar-stream and node-tar read other files than the runtime does: go through src/tar.',
      severity: 'error',
      from: { pathNot: '^src/tar/' },
      to: { path: 'node_modules/(?:tar-stream|tar)/' },
    },
    {
      name: 'no-subprocess',
      comment:
        'The audit runs no other program: their output is attacker-made, and users have not installed them. Credential helpers are the exception: the user configured them, and no image has a say in what they are asked.',
      severity: 'error',
      from: { path: '^(?:src|commands)/', pathNot: '^src/registry/credentials/helper\\.ts$' },
      to: { path: '^(?:node:)?child_process$' },
    },
    {
      name: 'production-does-not-import-tests',
      severity: 'error',
      from: { path: '^(?:src|commands)/' },
      to: { path: '^(?:test|bench|fixtures)/' },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'An import that cannot be resolved is one that no rule sees.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'not-to-dev-dep',
      comment: 'Users do not have devDependencies.',
      severity: 'error',
      from: { path: '^(?:src|commands)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'kernel\\.as\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};

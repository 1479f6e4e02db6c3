import { parentPath } from '../../core/index.ts';
import type { ImagePackage, ImagePackages } from '../../system/index.ts';
import { packagePlaces } from '../packages.ts';
import type { Rule } from '../rule.ts';

/** Packages of Python that test, check and format: nothing in their metadata says that they are for development. */
const PYTHON_TOOLS =
  /^(?:pytest(?:[-_].+)?|tox|nox|mypy|black|flake8|pylint|ruff|isort|coverage|hypothesis|ipython|ipdb|jupyter|pre[-_]commit|bandit|autopep8|yapf|nose2?|twine)$/i;

/** Dependencies for development that were installed with the others. */
export const leftoverDevDependencies: Rule = {
  id: 'leftover/dev-dependencies',
  title: 'Dependencies for development are installed',
  severity: 'low',
  confidence: 'high',
  why: 'Test runners, bundlers and linters serve whoever writes the program, and are often the larger part of its dependencies. Their holes are in the image as well, and scanners report them.',
  fix: 'Leave them out of the last stage: npm ci --omit=dev, pnpm install --prod, yarn workspaces focus --production, composer install --no-dev, pip install without the requirements for tests.',
  references: ['https://docs.npmjs.com/cli/commands/npm-ci#omit', 'https://getcomposer.org/doc/03-cli.md#install-i'],
  *judgeImage(evidence) {
    const { packages } = evidence.system;
    const declared = declaredDevelopment(packages);
    const found = packages.installed.filter(
      (one) => declared.has(one) || (one.kind === 'pypi' && PYTHON_TOOLS.test(one.name)),
    );
    if (found.length === 0) return;
    const kinds = Map.groupBy(found, ({ kind }) => kind);
    for (const [kind, group] of kinds) {
      // An application's manifest or lock file says so; Python's tools are known by name.
      yield {
        key: kind,
        state: 'live',
        confidence: kind === 'pypi' ? 'medium' : 'high',
        message: `${group.length === 1 ? `1 package of ${kind} serves` : `${group.length} packages of ${kind} serve`} development only, as ${kind === 'pypi' ? 'their names tell' : 'the application states'}.`,
        evidence: packagePlaces(evidence, group),
      };
    }
  },
};

/** Packages that a manifest or lock file beside them calls dependencies for development. */
function declaredDevelopment(packages: ImagePackages): ReadonlySet<ImagePackage> {
  const development = packages.development();
  /** Names by the folder that they are installed in; what npm itself wrote there tells all of them. */
  const modules = new Map<string, ReadonlySet<string>>();
  const composer = new Map<string, ReadonlySet<string>>();
  for (const { kind, entry, names } of development) {
    const folder = parentPath(entry.path);
    if (kind === 'composer') composer.set(entry.path, names);
    else if (entry.path.endsWith('package.json'))
      modules.set(folder === '' ? 'node_modules' : `${folder}/node_modules`, names);
  }
  for (const { entry, names } of development)
    if (entry.path.endsWith('/.package-lock.json')) modules.set(parentPath(entry.path), names);
  return new Set(
    packages.installed.filter(({ kind, name, database }) => {
      if (kind === 'composer') return composer.get(database.path)?.has(name) === true;
      if (kind !== 'npm') return false;
      const at = database.path.lastIndexOf(`/${name}/package.json`);
      return at > 0 && modules.get(database.path.slice(0, at))?.has(name) === true;
    }),
  );
}
